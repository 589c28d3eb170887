#include "storage/reindex.h"

#include "core/agent/agent_client.h"
#include "core/base/file.h"
#include "core/cli/arguments.h"
#include "core/cli/commands/commands.h"
#include "core/cli/workspace_access.h"
#include "core/run/format.h"
#include "experiments/spec_file.h"

#include <memory>

namespace retort::cli {
namespace {

/// An agent that writes to the old database would be lost; a database that cannot be opened has
/// none.
Status checkNoAgent(const Session& session) {
  auto store = storage::WorkspaceStore::open(session.paths.folder, storage::Access::kReadOnly);
  if (!store) {
    return {};
  }
  const auto is_alive = isAgentAlive(*store);
  if (is_alive && *is_alive) {
    return fail(ErrorCode::kUsage,
                "the workspace's agent is running; end it with 'retort agent --shutdown' first");
  }
  return {};
}

Result<int> rebuild(const Session& session, bool is_json) {
  if (Status free = checkNoAgent(session); !free) {
    return failWith(free.error());
  }
  const auto report = storage::reindex(session.paths, experiments::readSpecFile, wallClockMs());
  if (!report) {
    return failWith(report.error());
  }
  if (is_json) {
    printJson({{"experiments", report->experiments},
               {"runs", report->runs},
               {"bytes", report->event_bytes},
               {"problems", report->problems},
               {"old_database", report->old_database.string()}});
    return 0;
  }
  for (const std::string& problem : report->problems) {
    printError("left out: " + escapeForTerminal(problem) + "\n");
  }
  print("indexed " + formatCount(static_cast<std::size_t>(report->experiments), "experiment") +
        " and " + formatCount(static_cast<std::size_t>(report->runs), "run") + " from " +
        formatBytes(static_cast<std::uint64_t>(report->event_bytes)) + " of events\n");
  if (!report->old_database.empty()) {
    print("the old database is " + escapeForTerminal(report->old_database.string()) + "\n");
  }
  return 0;
}

CommandBody declare(Arguments& arguments) {
  auto is_json = std::make_shared<bool>(false);
  arguments.flag("--json", *is_json, "For scripts");
  return [is_json](Session& session) {
    return rebuild(session, *is_json);
  };
}

}  // namespace

Command reindexCommand() {
  return {"reindex",
          "Workspace",
          "Rebuild the database from the run folders",
          "  retort reindex\n"
          "  retort reindex --workspace /data/retort",
          declare};
}

}  // namespace retort::cli
