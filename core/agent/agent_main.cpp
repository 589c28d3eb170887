#include "core/agent/agent_main.h"

#include "core/agent/agent.h"
#include "core/agent/agent_lease.h"
#include "core/agent/agent_settings.h"
#include "core/agent/linux_process_runner.h"
#include "core/agent/machine.h"
#include "core/agent/workspace_upkeep.h"

#include <chrono>
#include <cstdio>
#include <string>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

namespace retort {
namespace {

constexpr std::chrono::milliseconds kLeasePause{200};
// Of a client's patience with an agent that starts.
constexpr std::chrono::milliseconds kCheckLimit{2'000};

// One line on standard error, written at once so that lines of two agents do not mix.
void logLine(const std::string& message) {
  const auto now =
      std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
  const std::string line = fmt::format("{:%Y-%m-%dT%H:%M:%SZ} agent {}: {}\n",
                                       fmt::gmtime(std::chrono::system_clock::to_time_t(now)),
                                       ::getpid(),
                                       escapeForTerminal(message));
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

bool isSignaled(const EndSignals& signals, std::chrono::milliseconds timeout) {
  pollfd entry{signals.fd(), POLLIN, 0};
  return ::poll(&entry, 1, static_cast<int>(timeout.count())) > 0;
}

// True when this process is the agent now; false when another one is, or this one was told to end.
Result<bool> winLease(storage::WorkspaceStore& store,
                      const Clock& clock,
                      const AgentIdentity& self,
                      const EndSignals& signals) {
  LeaseContest contest(store.lease(), clock, self);
  while (true) {
    const auto attempt = contest.attempt();
    if (!attempt) {
      return failWith(attempt.error());
    }
    if (*attempt != LeaseAttempt::kUndecided) {
      return *attempt == LeaseAttempt::kAcquired;
    }
    if (isSignaled(signals, kLeasePause)) {
      return false;
    }
  }
}

Status runAgentLoop(const AgentOptions& options) {
  auto signals = EndSignals::block();
  if (!signals) {
    return failWith(signals.error());
  }
  auto store = storage::WorkspaceStore::open(options.workspace, storage::Access::kCreate);
  if (!store) {
    return failWith(store.error());
  }
  // Before anything is written: the lease, too.
  if (Status sound = checkDatabase(*store, kCheckLimit); !sound) {
    return sound;
  }
  const SystemClock clock;
  const AgentIdentity self = ownIdentity();
  const auto is_agent = winLease(*store, clock, self, *signals);
  if (!is_agent) {
    return failWith(is_agent.error());
  }
  if (!*is_agent) {
    logLine("another agent is alive in this workspace; ending");
    return {};
  }
  if (const Status forgotten = forgetOldRequests(*store, clock.wallMs()); !forgotten) {
    logLine(forgotten.error().message);
  }
  MachineSlots machine = detectMachine();
  const auto settings = readAgentSettings(store->paths());
  if (!settings) {
    logLine(settings.error().message);
  }
  machine.jobs = options.jobs > 0 ? options.jobs : settings.value_or(AgentSettings{}).jobs;
  logLine(
      fmt::format("began with {} threads, {} GPUs, {} MiB{}",
                  machine.threads,
                  machine.gpus.size(),
                  machine.memory_bytes >> 20,
                  machine.jobs > 0 ? fmt::format(", at most {} runs at once", machine.jobs) : ""));
  LinuxProcessRunner runner(signals->fd());
  Agent agent(*store, runner, clock, options, machine, self.process, logLine);
  while (agent.turn()) {
  }
  return {};
}

}  // namespace

int runAgent(const AgentOptions& options) {
  const Status status = runAgentLoop(options);
  if (!status) {
    logLine(status.error().message);
    return exitCode(status.error().code);
  }
  return 0;
}

}  // namespace retort
