#include "core/cli/arguments.h"
#include "core/cli/commands/commands.h"
#include "core/cli/workspace_access.h"

#include <memory>

namespace retort::cli {
namespace {

struct RetryOptions {
  std::vector<std::string> words;
  bool is_from_start = false;
  bool is_json = false;
};

CommandBody declare(Arguments& arguments) {
  auto options = std::make_shared<RetryOptions>();
  arguments.positionals("RUN", options->words, "Runs, or experiments: all of their runs");
  arguments.flag("--from-start", options->is_from_start, "Drop the checkpoints first");
  arguments.flag("--json", options->is_json, "For scripts");
  return [options](Session& session) -> Result<int> {
    Json request = Json::object();
    if (options->is_from_start) {
      request["from_start"] = true;
    }
    const auto runs = requestForRuns(session, "retry", options->words, request);
    if (!runs) {
      return failWith(runs.error());
    }
    printRuns("queued", *runs, options->is_json);
    return 0;
  };
}

}  // namespace

Command retryCommand() {
  return {"retry",
          "Run",
          "Run failed, stopped or diverged runs again, from their checkpoints",
          "  retort retry 3f2a\n"
          "  retort retry losses:4 --from-start",
          declare};
}

}  // namespace retort::cli
