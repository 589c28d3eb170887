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
    const auto runs = requestForRuns(session, "pause", *words);
    if (!runs) {
      return failWith(runs.error());
    }
    printRunLines("paused", *runs);
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
