#pragma once

#include "core/agent/agent.h"
#include "core/plan/run_requests.h"
#include "storage/workspace_store.h"
#include "tests/core/base/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace retort {

/// Hours pass when a test says so.
class FakeClock final : public Clock {
 public:
  [[nodiscard]] std::int64_t wallMs() const override { return wall_ms; }

  [[nodiscard]] std::int64_t steadyMs() const override { return steady_ms; }

  void advance(std::int64_t ms) {
    wall_ms += ms;
    steady_ms += ms;
  }

  std::int64_t wall_ms = 1'700'000'000'000;
  std::int64_t steady_ms = 50'000;
};

/// Processes that exist only as entries here; tests end them. Waiting lets the clock go on.
class FakeProcessRunner final : public ProcessRunner {
 public:
  struct Process {
    ProcessCommand command;
    bool is_launched = false;
    bool is_adopted = false;
    std::vector<int> signals;
    std::int64_t cpu_ticks = 0;
  };

  explicit FakeProcessRunner(FakeClock& clock) : clock_(clock) {}

  [[nodiscard]] Result<ProcessIdentity> prepare(const ProcessCommand& command) override {
    if (!prepare_error.empty()) {
      return fail(ErrorCode::kProcess, prepare_error);
    }
    const ProcessIdentity identity{next_pid_++, 77, "boot"};
    processes[identity.pid] = {command, false, false, {}, 0};
    return identity;
  }

  [[nodiscard]] Status launch(const ProcessIdentity& process) override {
    if (!launch_error.empty()) {
      processes.erase(process.pid);
      return fail(ErrorCode::kProcess, launch_error);
    }
    processes.at(process.pid).is_launched = true;
    return {};
  }

  void discard(const ProcessIdentity& process) override { processes.erase(process.pid); }

  [[nodiscard]] bool adopt(const ProcessIdentity& process) override {
    if (!alive.contains(process.pid)) {
      return false;
    }
    processes[process.pid] = {{}, true, true, {}, 0};
    return true;
  }

  void signalGroup(const ProcessIdentity& process, int signal) override {
    processes.at(process.pid).signals.push_back(signal);
  }

  [[nodiscard]] std::int64_t cpuTicks(const ProcessIdentity& process) override {
    return processes.at(process.pid).cpu_ticks;
  }

  [[nodiscard]] WaitResult wait(std::chrono::milliseconds timeout) override {
    clock_.advance(timeout.count());
    WaitResult result{std::move(exits_), is_told_to_end};
    exits_.clear();
    return result;
  }

  void endProcess(std::int64_t pid, std::optional<int> exit_code, std::optional<int> signal = {}) {
    processes.erase(pid);
    exits_.push_back({{pid, 77, "boot"}, exit_code, signal});
  }

  std::map<std::int64_t, Process> processes;
  std::set<std::int64_t> alive;  ///< can be adopted
  std::string prepare_error;
  std::string launch_error;
  bool is_told_to_end = false;

 private:
  FakeClock& clock_;
  std::int64_t next_pid_ = 100'000'000;  // larger than any real one
  std::vector<ProcessExit> exits_;
};

/// "0000000000000001" for 1: an id that a run can have.
inline std::string runId(int number) {
  return fmt::format("{:016x}", number);
}

inline SubmittedRun submittedRun(int number, SettingValues settings = {}) {
  SubmittedRun run;
  run.spec.run_id = runId(number);
  run.spec.trainer = "fake";
  run.spec.release = "1";
  run.spec.settings = std::move(settings);
  run.name = fmt::format("seed={}", number);
  run.membership.run_id = run.spec.run_id;
  run.membership.position = number;
  return run;
}

/// `needed` must finish before `run` begins.
inline void addNeed(SubmittedRun& run, const std::string& needed) {
  run.spec.settings["fake.teacher"] = "run:" + needed + "/model";
  run.spec.inputs.push_back({"fake.teacher", "../" + needed + "/model", "", needed});
}

inline Submission submissionOf(std::vector<SubmittedRun> runs) {
  Submission submission;
  submission.experiment = "test";
  submission.file = "/tmp/test.yaml";
  submission.text = "experiment: test";
  submission.report = Json::object();
  submission.runs = std::move(runs);
  return submission;
}

/// A workspace in a temporary folder, with a trainer named "fake".
class WorkspaceTest : public ::testing::Test {
 protected:
  WorkspaceTest()
      : store(storage::WorkspaceStore::open(folder / "ws", storage::Access::kCreate).value()),
        client(storage::WorkspaceStore::open(folder / "ws", storage::Access::kReadWrite).value()) {
    registerTrainer({"/usr/bin/true"});
  }

  void registerTrainer(const Argv& command) const {
    std::ofstream(store.paths().trainers()) << Json{{"fake", command}}.dump();
  }

  std::int64_t addRequest(const std::string& kind, const Json& arguments) {
    return client.requests().add(kind, arguments, 1).value();
  }

  std::int64_t requestFor(const std::string& kind, std::vector<std::string> run_ids) {
    return addRequest(kind, {{"run_ids", std::move(run_ids)}});
  }

  std::int64_t submitRuns(std::vector<SubmittedRun> runs) {
    return addRequest("submit", toJson(submissionOf(std::move(runs))));
  }

  RunRecord run(int number) { return store.runs().get(runId(number)).value(); }

  RunState stateOf(int number) { return run(number).state; }

  RunPaths pathsOf(int number) { return store.paths().run(runId(number)); }

  testing::TempFolder folder;
  storage::WorkspaceStore store;
  storage::WorkspaceStore client;  ///< another process's connection
};

using testing::contentsOf;

}  // namespace retort
