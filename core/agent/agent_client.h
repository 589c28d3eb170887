#pragma once

#include "core/agent/clock.h"
#include "core/agent/trainer_registry.h"
#include "core/run/submission.h"
#include "storage/workspace_store.h"

#include <chrono>
#include <functional>

/// How the command line and the GUI talk to the agent: they add requests to the workspace and start
/// an agent when none is alive. Any number of processes may do so at once; only one agent stays.
namespace retort {

struct ClientOptions {
  /// The program and arguments that become the agent; "--workspace DIR" is added. Empty: `retort
  /// agent`, with `retort` beside this executable.
  Argv agent_command;
  std::chrono::milliseconds start_timeout{15'000};
  std::chrono::milliseconds answer_timeout{60'000};
  /// Called between two looks (every 20 to 200 ms) while waiting; false gives up with kCanceled.
  std::function<bool()> keep_waiting;
};

/// True when the lease is held by a process that is alive, or by another host.
[[nodiscard]] Result<bool> isAgentAlive(storage::WorkspaceStore& store);

/// Starts an agent, detached from this process and with its output in WORKSPACE/agent.log, unless
/// one is alive; returns when it holds the lease. `store` must be opened for writing. kProcess with
/// the last line of agent.log otherwise.
[[nodiscard]] Status ensureAgentRunning(storage::WorkspaceStore& store,
                                        const ClientOptions& options = {});

/// Adds a request (kinds and arguments: core/run/run_record.h), makes sure that an agent is alive,
/// and waits until it has carried the request out. The error of the request comes back with kUsage.
/// kProcess when no agent answers in time: the request stays and will be carried out by the next
/// agent.
[[nodiscard]] Status sendRequest(storage::WorkspaceStore& store,
                                 std::string_view kind,
                                 const Json& arguments,
                                 const ClientOptions& options = {});

/// `sendRequest` of "submit". Runs that are known keep their results; stopped and failed ones are
/// queued again.
[[nodiscard]] Status submit(storage::WorkspaceStore& store,
                            const Submission& submission,
                            const ClientOptions& options = {});

}  // namespace retort
