#include "core/cli/arguments.h"
#include "core/cli/commands/commands.h"
#include "core/cli/workspace_access.h"

#include <memory>

namespace retort::cli {
namespace {

CommandBody declare(Arguments& arguments) {
  auto words = std::make_shared<std::vector<std::string>>();
  auto is_json = std::make_shared<bool>(false);
  arguments.positionals("RUN", *words, "Runs, or experiments: all of their runs");
  arguments.flag("--json", *is_json, "For scripts");
  return [words, is_json](Session& session) -> Result<int> {
    const auto runs = requestForRuns(session, "pause", *words);
    if (!runs) {
      return failWith(runs.error());
    }
    printRuns("paused", *runs, *is_json);
    return 0;
  };
}

}  // namespace

Command pauseCommand() {
  return {"pause",
          "Run",
          "Hold queued runs back until they are resumed",
          "  retort pause losses\n"
          "  retort resume losses",
          declare};
}

}  // namespace retort::cli
