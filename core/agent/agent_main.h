#pragma once

#include "core/agent/agent_options.h"

namespace retort {

/// Runs the agent of `options.workspace` in the foreground until it is idle or told to end
/// (SIGTERM, SIGINT, SIGHUP or a "shutdown" request). Running trainers go on when it ends or dies;
/// the next agent takes them back. Ends at once with 0 when another agent is alive in the
/// workspace. Says what it does on standard error, a line each. Returns the process's exit code: 0,
/// or `exitCode` of the error.
[[nodiscard]] int runAgent(const AgentOptions& options);

}  // namespace retort
