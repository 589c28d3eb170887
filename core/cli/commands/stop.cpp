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
    const auto runs = requestForRuns(session, "stop", *words);
    if (!runs) {
      return failWith(runs.error());
    }
    printRuns("stopping", *runs, *is_json);
    return 0;
  };
}

}  // namespace

Command stopCommand() {
  return {"stop",
          "Run",
          "Stop runs after a checkpoint; they can be resumed",
          "  retort stop 3f2a             stop one run by the beginning of its id\n"
          "  retort stop losses:4         the run at position 4 of the experiment losses\n"
          "  retort stop losses           all runs of the experiment",
          declare};
}

}  // namespace retort::cli
