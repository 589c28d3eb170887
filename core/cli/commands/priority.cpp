#include "core/base/text.h"
#include "core/cli/arguments.h"
#include "core/cli/commands/commands.h"
#include "core/cli/workspace_access.h"

#include <memory>

namespace retort::cli {
namespace {

struct PriorityOptions {
  std::string priority;
  std::vector<std::string> words;
  bool is_json = false;
};

Result<int> setPriority(const Session& session, const PriorityOptions& options) {
  const auto priority = parseInteger(options.priority);
  constexpr std::int64_t kMost = 1'000'000;
  if (!priority || *priority < -kMost || *priority > kMost) {
    return fail(ErrorCode::kUsage,
                "'" + options.priority + "' is no priority; write an integer, 0 is usual");
  }
  const auto runs =
      requestForRuns(session, "priority", options.words, Json{{"priority", *priority}});
  if (!runs) {
    return failWith(runs.error());
  }
  printRuns("priority " + std::to_string(*priority), *runs, options.is_json);
  return 0;
}

CommandBody declare(Arguments& arguments) {
  auto options = std::make_shared<PriorityOptions>();
  arguments.positional("PRIORITY", options->priority, "Higher runs first; 0 is usual");
  arguments.positionals("RUN", options->words, "Runs, or experiments: all of their runs");
  arguments.flag("--json", options->is_json, "For scripts");
  return [options](Session& session) {
    return setPriority(session, *options);
  };
}

}  // namespace

Command priorityCommand() {
  return {"priority",
          "Run",
          "Change the order of waiting runs",
          "  retort priority 10 losses:4\n"
          "  retort priority -- -5 losses     (after --, negative numbers are no options)",
          declare};
}

}  // namespace retort::cli
