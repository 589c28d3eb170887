#include "core/cli/arguments.h"
#include "core/cli/commands/commands.h"
#include "core/cli/workspace_access.h"

#include <memory>

namespace retort::cli {
namespace {

CommandBody declare(Arguments& arguments) {
  auto words = std::make_shared<std::vector<std::string>>();
  arguments.positionals("RUN", *words, "Runs, or experiments: all of their runs");
  return [words](Session& session) -> Result<int> {
    const auto runs = requestForRuns(session, "resume", *words);
    if (!runs) {
      return failWith(runs.error());
    }
    printRunLines("resumed", *runs);
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
