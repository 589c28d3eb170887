#pragma once

#include "core/base/file.h"
#include "core/events/event_writer.h"
#include "tests/core/agent/agent_fixture.h"

#include <csignal>
#include <memory>
#include <string>
#include <vector>

namespace retort {

/// An agent with a fake clock and fake processes; `turns` lets it work.
class AgentTest : public WorkspaceTest {
 protected:
  AgentTest() {
    machine.threads = 2;
    startAgent();
  }

  void startAgent() {
    if (const auto holder = store.lease().holder().value()) {
      EXPECT_TRUE(store.lease().release(holder->process));
    }
    EXPECT_EQ(store.lease().acquire(self, "host", 1), true);
    agent = std::make_unique<Agent>(
        store, runner, clock, options, machine, self, [this](const std::string& line) {
          lines.push_back(line);
        });
  }

  // As after kill -9: what the agent knew is gone, and its processes are nobody's children.
  void restartAgent() {
    agent.reset();
    runner.alive.clear();
    for (const auto& [pid, process] : runner.processes) {
      runner.alive.insert(pid);
    }
    runner.processes.clear();
    startAgent();
  }

  void turns(int count) {
    for (int i = 0; i < count; ++i) {
      ASSERT_TRUE(agent->turn());
    }
  }

  void submitAndStart(std::vector<SubmittedRun> runs) {
    submitRuns(std::move(runs));
    turns(2);
  }

  std::int64_t pidOf(int number) {
    const auto active = agent->activeRuns().find(runId(number));
    return active == agent->activeRuns().end() ? 0 : active->second.process.pid;
  }

  std::unique_ptr<EventWriter> eventsOf(int number, int attempt, std::int64_t from_step = -1) {
    std::filesystem::create_directories(pathsOf(number).folder);
    return EventWriter::open(pathsOf(number).events(), runId(number), attempt, from_step).value();
  }

  void writeEnd(int number, int attempt, const std::string& status, int code) {
    const auto events = eventsOf(number, attempt);
    events->append("end", {}, {{"status", status}, {"exit_code", code}, {"message", "words"}});
    ASSERT_TRUE(events->flush());
  }

  void finish(int number) {
    writeEnd(number, run(number).attempts, "finished", 0);
    runner.endProcess(pidOf(number), 0);
    turns(2);
  }

  void crash(int number) {
    runner.endProcess(pidOf(number), {}, SIGKILL);
    turns(1);
  }

  Request request(std::int64_t id) { return store.requests().get(id).value(); }

  FakeClock clock;
  FakeProcessRunner runner{clock};
  AgentOptions options;
  MachineSlots machine;
  ProcessIdentity self{1, 1, "boot"};
  std::vector<std::string> lines;
  std::unique_ptr<Agent> agent;
};

}  // namespace retort
