#include "core/cli/arguments.h"
#include "core/cli/commands/commands.h"
#include "core/cli/workspace_access.h"

#include <memory>

/// The commands that ask for another state of runs and nothing else.
namespace retort::cli {
namespace {

/// A command that sends the request `kind` for the runs named, and says `done` of each.
auto asking(const char* kind, const char* done) {
  return [kind, done](Arguments& arguments) -> CommandBody {
    auto words = std::make_shared<std::vector<std::string>>();
    auto is_json = std::make_shared<bool>(false);
    arguments.positionals("RUN", *words, "Runs, or experiments: all of their runs");
    arguments.flag("--json", *is_json, "For scripts");
    return [kind, done, words, is_json](Session& session) -> Result<int> {
      const auto runs = requestForRuns(session, kind, *words);
      if (!runs) {
        return failWith(runs.error());
      }
      printRuns(done, *runs, *is_json);
      return 0;
    };
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
          asking("stop", "stopping")};
}

Command pauseCommand() {
  return {"pause",
          "Run",
          "Hold queued runs back until they are resumed",
          "  retort pause losses\n"
          "  retort resume losses",
          asking("pause", "paused")};
}

Command resumeCommand() {
  return {"resume",
          "Run",
          "Go on with stopped, paused or failed runs",
          "  retort resume losses\n"
          "  retort resume 3f2a 91bc",
          asking("resume", "resumed")};
}

}  // namespace retort::cli
