#include "core/agent/agent_client.h"
#include "core/agent/agent_main.h"
#include "core/cli/arguments.h"
#include "core/cli/commands/commands.h"
#include "core/cli/workspace_access.h"

#include <memory>

namespace retort::cli {
namespace {

struct AgentCommandOptions {
  std::int64_t jobs = 0;
  std::int64_t stop_grace_s = 30;
  std::int64_t heartbeat_timeout_s = 120;
  std::int64_t idle_exit_s = 15;
  bool is_shutdown = false;
  bool stops_runs = false;
};

Result<int> shutDown(const Session& session, bool stops_runs) {
  auto store = openWorkspace(session, storage::Access::kReadWrite);
  if (!store) {
    return failWith(store.error());
  }
  const auto is_alive = isAgentAlive(*store);
  if (!is_alive) {
    return failWith(is_alive.error());
  }
  if (!*is_alive) {
    print("no agent is running\n");
    return 0;
  }
  const Status sent = sendRequest(*store, "shutdown", {{"stop_runs", stops_runs}});
  if (!sent) {
    return failWith(sent.error());
  }
  print(stops_runs ? "the agent stops its runs and ends\n"
                   : "the agent ends; running trainers go on\n");
  return 0;
}

Result<int> serve(const Session& session, const AgentCommandOptions& options) {
  AgentOptions agent;
  agent.workspace = session.paths.folder;
  agent.jobs = static_cast<int>(options.jobs);
  agent.stop_grace = std::chrono::seconds(options.stop_grace_s);
  agent.heartbeat_timeout = std::chrono::seconds(options.heartbeat_timeout_s);
  agent.idle_exit = std::chrono::seconds(options.idle_exit_s);
  return runAgent(agent);
}

CommandBody declare(Arguments& arguments) {
  auto options = std::make_shared<AgentCommandOptions>();
  constexpr std::int64_t kMostJobs = 4096;
  constexpr std::int64_t kDay = 86'400;
  arguments.number(
      "-j,--jobs", options->jobs, 0, kMostJobs, "Runs at once; 0: what the machine allows");
  arguments.number(
      "--stop-grace", options->stop_grace_s, 0, kDay, "Seconds from TERM to KILL (30)");
  arguments.number("--heartbeat-timeout",
                   options->heartbeat_timeout_s,
                   1,
                   kDay,
                   "Seconds of silence after which a run hangs (120)");
  arguments.number(
      "--idle-exit", options->idle_exit_s, 0, kDay, "Seconds without work until it ends (15)");
  arguments.flag("--shutdown", options->is_shutdown, "End the running agent instead");
  arguments.flag("--stop-runs", options->stops_runs, "With --shutdown: stop the runs first");
  return [options](Session& session) {
    return options->is_shutdown ? shutDown(session, options->stops_runs) : serve(session, *options);
  };
}

}  // namespace

Command agentCommand() {
  return {"agent",
          "Workspace",
          "Carry out the queue in the foreground (started by itself when needed)",
          "  retort agent --idle-exit 86400 --jobs 4\n"
          "  retort agent --shutdown --stop-runs",
          declare};
}

}  // namespace retort::cli
