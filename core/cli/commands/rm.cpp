#include "core/agent/agent_client.h"
#include "core/base/file.h"
#include "core/cli/arguments.h"
#include "core/cli/commands/commands.h"
#include "core/cli/run_reference.h"
#include "core/cli/workspace_access.h"
#include "core/plan/run_requests.h"
#include "core/run/format.h"

#include <iostream>
#include <memory>

#include <unistd.h>

namespace retort::cli {
namespace {

struct RemoveOptions {
  std::vector<std::string> words;
  bool is_confirmed = false;
  bool is_json = false;
};

Result<bool> confirm(const std::vector<RunRecord>& runs) {
  if (isatty(STDIN_FILENO) != 1) {
    return fail(ErrorCode::kUsage,
                "removing " + formatCount(runs.size(), "run") +
                    " must be confirmed, and there is no terminal to ask: give --yes");
  }
  for (const RunRecord& run : runs) {
    print("  " + run.spec.run_id + "  " + std::string(runStateName(run.state)) + "  " +
          escapeForTerminal(run.name) + "\n");
  }
  print("Remove " + formatCount(runs.size(), "run") + " with checkpoints and models? [y/N] ");
  if (Status written = finishOutput(); !written) {
    return failWith(written.error());
  }
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

Result<int> remove(const Session& session, const RemoveOptions& options) {
  auto store = openWorkspace(session, storage::Access::kReadWrite);
  if (!store) {
    return failWith(store.error());
  }
  const auto runs = resolveRuns(*store, options.words);
  if (!runs) {
    return failWith(runs.error());
  }
  Json ids = Json::array();
  for (const RunRecord& run : *runs) {
    if (const Status removable = checkRemovable(run); !removable) {
      return failWith(removable.error());
    }
    ids.push_back(run.spec.run_id);
  }
  if (!options.is_confirmed) {
    const auto is_confirmed = confirm(*runs);
    if (!is_confirmed || !*is_confirmed) {
      return is_confirmed ? fail(ErrorCode::kCanceled, "nothing was removed")
                          : failWith(is_confirmed.error());
    }
  }
  if (const Status sent = sendRequest(*store, "remove", {{"run_ids", ids}}); !sent) {
    return failWith(sent.error());
  }
  printRuns("removed", *runs, options.is_json);
  if (!options.is_json) {
    print("Their folders are in " + escapeForTerminal(session.paths.trash().string()) + "\n");
  }
  return 0;
}

CommandBody declare(Arguments& arguments) {
  auto options = std::make_shared<RemoveOptions>();
  arguments.positionals("RUN", options->words, "Runs, or experiments: all of their runs");
  arguments.flag("-y,--yes", options->is_confirmed, "Do not ask");
  arguments.flag("--json", options->is_json, "For scripts");
  return [options](Session& session) {
    return remove(session, *options);
  };
}

}  // namespace

Command rmCommand() {
  return {"rm",
          "Run",
          "Remove runs that do not run; their folders go to the workspace's trash",
          "  retort rm 3f2a\n"
          "  retort rm losses --yes",
          declare};
}

}  // namespace retort::cli
