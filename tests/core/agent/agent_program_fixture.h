#pragma once

#include "core/agent/agent_client.h"
#include "core/agent/linux_process_runner.h"
#include "core/agent/process_identity.h"
#include "tests/core/agent/agent_fixture.h"

#include <algorithm>
#include <csignal>
#include <functional>
#include <thread>
#include <vector>

namespace retort {

inline constexpr const char* kAgentProgram = PROGRAM_DIR "/test_agent";

/// Works with the agent as a program of its own; whatever still runs in the end is killed.
class AgentProgram : public WorkspaceTest {
 protected:
  AgentProgram() {
    registerTrainer({PROGRAM_DIR "/fake_trainer"});
    options.agent_command = {kAgentProgram, "--idle", "1500", "--max-crashes", "1000"};
  }

  ~AgentProgram() override {
    killAgent();
    for (const ProcessIdentity& process : trainers()) {
      ::kill(static_cast<pid_t>(process.pid), SIGKILL);
    }
  }

  // All living trainers of this workspace.
  std::vector<ProcessIdentity> trainers() {
    std::vector<ProcessIdentity> found;
    for (const ProcessStat& stat : listProcesses()) {
      const auto mark = readProcessVariable(stat.pid, LinuxProcessRunner::kRunVariable);
      if (mark && mark->starts_with(store.paths().folder.string()) && stat.state != 'Z') {
        found.push_back({stat.pid, stat.start_ticks, bootId()});
      }
    }
    return found;
  }

  ProcessIdentity agentProcess() {
    const auto holder = store.lease().holder().value();
    return holder ? holder->process : ProcessIdentity{};
  }

  bool killAgent(int signal = SIGKILL) {
    const ProcessIdentity agent = agentProcess();
    // The signal is only sent when kill returns: wait until it has done its work.
    return isAlive(agent) && ::kill(static_cast<pid_t>(agent.pid), signal) == 0 &&
           until([&] { return !isAlive(agent); });
  }

  static void rest(int ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); }

  static bool until(const std::function<bool()>& condition, int seconds = 20) {
    for (int i = 0; i < seconds * 50 && !condition(); ++i) {
      rest(20);
    }
    return condition();
  }

  bool areAllFinished() {
    const auto runs = store.runs().list().value();
    return !runs.empty() && std::ranges::all_of(runs, [](const RunRecord& run) {
      return run.state == RunState::kFinished;
    });
  }

  Status submitRun(int number, int steps) {
    return submit(store,
                  submissionOf({submittedRun(number, {{"seed", number}, {"fake.steps", steps}})}),
                  options);
  }

  ClientOptions options;
};

}  // namespace retort
