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
    const auto runs = requestForRuns(session, "resume", *words);
    if (!runs) {
      return failWith(runs.error());
    }
    printRuns("resumed", *runs, *is_json);
    return 0;
  };
}

}  // namespace

Command resumeCommand() {
  return {"resume",
          "Run",
          "Go on with stopped, paused or failed runs",
          "  retort resume losses\n"
          "  retort resume 3f2a 91bc",
          declare};
}

}  // namespace retort::cli
