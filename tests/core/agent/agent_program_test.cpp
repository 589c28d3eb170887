// The agent as a program of its own, and its clients: start on demand, one at a time, kill -9 of
// everything.
#include "core/agent/agent_client.h"
#include "core/agent/agent_lease.h"
#include "core/agent/linux_process_runner.h"
#include "core/agent/process_identity.h"
#include "core/agent/program_output.h"
#include "core/agent/spawn.h"
#include "core/events/event.h"
#include "tests/core/agent/agent_fixture.h"

#include <algorithm>
#include <csignal>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

namespace retort {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kAgentProgram = PROGRAM_DIR "/test_agent";

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

  static void rest(int ms) { std::this_thread::sleep_for(milliseconds(ms)); }

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

TEST_F(AgentProgram, IsStartedOnDemandAndEndsWhenNothingIsLeft) {
  EXPECT_EQ(isAgentAlive(store), false);

  ASSERT_TRUE(submitRun(1, 20));
  EXPECT_EQ(isAgentAlive(store), true);
  ASSERT_TRUE(until([&] { return areAllFinished(); }));

  EXPECT_TRUE(until([&] { return !isAgentAlive(store).value(); }));
  EXPECT_FALSE(store.lease().holder().value().has_value()) << "it gave the lease back";
  EXPECT_THAT(contentsOf(store.paths().agentLog()), HasSubstr("nothing to do; ending"));
}

TEST_F(AgentProgram, IsAloneHoweverManyClientsStartIt) {
  std::vector<pid_t> clients;
  for (int i = 0; i < 6; ++i) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      auto own = storage::WorkspaceStore::open(folder / "ws", storage::Access::kReadWrite);
      ::_exit(own && ensureAgentRunning(*own, options) ? 0 : 1);
    }
    clients.push_back(pid);
  }
  for (const pid_t pid : clients) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    EXPECT_EQ(status, 0);
  }

  const auto is_agent = [&](const ProcessStat& stat) {
    std::error_code error;
    const auto program =
        std::filesystem::read_symlink(fmt::format("/proc/{}/exe", stat.pid), error);
    return program == kAgentProgram &&
           contentsOf(fmt::format("/proc/{}/cmdline", stat.pid)).find(folder.path().string()) !=
               std::string::npos;
  };
  EXPECT_TRUE(until([&] { return std::ranges::count_if(listProcesses(), is_agent) == 1; }));
}

TEST_F(AgentProgram, TellsWhyItCannotStart) {
  options.agent_command = {"/no/such/retort", "agent"};

  const Status status = ensureAgentRunning(store, options);

  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, ErrorCode::kProcess);
  EXPECT_THAT(status.error().message, HasSubstr("/no/such/retort: No such file"));
}

TEST_F(AgentProgram, ThatEndsAtOnceIsQuoted) {
  options.agent_command = {"/bin/sh", "-c", "echo the disk is full >&2"};
  options.start_timeout = milliseconds(500);

  EXPECT_THAT(ensureAgentRunning(store, options).error().message, HasSubstr("the disk is full"));
}

TEST_F(AgentProgram, AnswersRequestsWithTheirErrors) {
  const Status status = sendRequest(store, "stop", {{"run_ids", {"ffffffffffffffff"}}}, options);

  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, ErrorCode::kUsage);
  EXPECT_THAT(status.error().message, HasSubstr("there is no run 'ffffffffffffffff'"));
}

TEST_F(AgentProgram, IsStartedAgainForARequestWhenItWasKilled) {
  ASSERT_TRUE(submitRun(1, 100'000));
  ASSERT_TRUE(killAgent());

  ASSERT_TRUE(sendRequest(store, "stop", {{"run_ids", {runId(1)}}}, options));

  EXPECT_TRUE(until([&] { return stateOf(1) == RunState::kStopped; }));
}

TEST_F(AgentProgram, LeavesItsTrainersRunningOnSigterm) {
  ASSERT_TRUE(submitRun(1, 100'000));
  ASSERT_TRUE(until([&] { return trainers().size() == 1; }));
  const auto before = trainers();

  ASSERT_TRUE(killAgent(SIGTERM));
  ASSERT_TRUE(until([&] { return !store.lease().holder().value().has_value(); }));
  EXPECT_EQ(trainers(), before);

  ASSERT_TRUE(ensureAgentRunning(store, options));
  ASSERT_TRUE(sendRequest(store, "shutdown", {{"stop_runs", true}}, options));
  EXPECT_TRUE(until([&] { return trainers().empty(); }));
}

TEST_F(AgentProgram, GivesUpWaitingWhenTheClientWantsTo) {
  options.agent_command = {"/bin/sh", "-c", "exit 0"};
  options.keep_waiting = [] {
    return false;
  };

  EXPECT_EQ(ensureAgentRunning(store, options).error().code, ErrorCode::kCanceled);
}

TEST_F(AgentProgram, HandsOutNoDescriptorOfTheDatabase) {
  ASSERT_TRUE(submitRun(1, 100'000));
  ASSERT_TRUE(until([&] { return stateOf(1) == RunState::kRunning && run(1).step > 0; }));

  for (const ProcessIdentity& trainer : trainers()) {
    for (const auto& entry :
         std::filesystem::directory_iterator(fmt::format("/proc/{}/fd", trainer.pid))) {
      std::error_code error;
      const std::string file = std::filesystem::read_symlink(entry.path(), error).string();
      EXPECT_EQ(file.find("workspace.db"), std::string::npos) << file;
    }
  }
}

// ---- kill -9 of trainers and agent at random moments during a grid ----

constexpr int kRuns = 8;
constexpr int kSteps = 60;

class KillTest : public AgentProgram {
 protected:
  static Submission grid() {
    std::vector<SubmittedRun> runs;
    for (int number = 1; number <= kRuns; ++number) {
      SettingValues settings{{"seed", number}, {"fake.steps", kSteps}, {"fake.step_ms", 8}};
      runs.push_back(submittedRun(number, std::move(settings)));
    }
    addNeed(runs.back(), runs.front().spec.run_id);
    return submissionOf(std::move(runs));
  }

  // The numbers that a run ends with: its model, its results, and all its points.
  Json finalNumbers(int number) {
    Json numbers;
    numbers["model"] = contentsOf(pathsOf(number).model() / "numbers.txt");
    const auto results = store.metrics().results(runId(number)).value();
    for (const auto& [name, value] : results) {
      numbers["results"][name] = value;
    }
    const auto curves = store.metrics().series(runId(number)).value();
    for (const auto& curve : curves) {
      Json& numbers_of_curve = numbers["curves"].emplace_back();
      const auto points = store.metrics().points(curve.series_id).value();
      for (const Point& point : points) {
        numbers_of_curve.push_back({point.step, point.value});
      }
    }
    return numbers;
  }

  Json allNumbers() {
    Json numbers;
    for (int number = 1; number <= kRuns; ++number) {
      numbers[runId(number)] = finalNumbers(number);
    }
    return numbers;
  }

  // For the message of a failure.
  std::string describeAll() {
    std::string text;
    const auto runs = store.runs().list().value();
    for (const RunRecord& run : runs) {
      text += fmt::format("{} {}, attempts {}, crashes {}, step {}: {}\n",
                          run.spec.run_id,
                          runStateName(run.state),
                          run.attempts,
                          run.crashes,
                          run.step,
                          run.message);
    }
    return text + contentsOf(store.paths().agentLog());
  }

  // Every process's steps stand together, so no two processes ever worked on the run at once; and
  // one of them, once, finished it.
  void expectNothingRanTwice(int number) {
    std::istringstream lines(contentsOf(pathsOf(number).folder / "steps.log"));
    std::set<std::string> earlier;
    std::string pid;
    std::string rest_of_line;
    for (std::string next; lines >> next && std::getline(lines, rest_of_line);) {
      if (next != pid) {
        EXPECT_TRUE(earlier.insert(next).second) << "run " << number << ", pid " << next;
        pid = next;
      }
    }
    const auto ends = store.events().list({runId(number), {"end"}, 0, 1000, false}).value();
    EXPECT_EQ(ends.size(), 1u) << "run " << number;
  }

  void expectNothingLost(int number) {
    EXPECT_EQ(stateOf(number), RunState::kFinished) << run(number).message;
    const auto series = store.metrics().series(runId(number), "train.loss").value();
    ASSERT_EQ(series.size(), 1u);
    const auto points = store.metrics().points(series[0].series_id).value();
    ASSERT_EQ(points.size(), static_cast<std::size_t>(kSteps)) << "run " << number;
    for (int step = 1; step <= kSteps; ++step) {
      EXPECT_EQ(points[static_cast<std::size_t>(step - 1)].step, step);
    }
  }
};

TEST_F(KillTest, LosesNothingAndRunsNothingTwice) {
  const char* asked = std::getenv("RETORT_KILL_ROUNDS");
  const int rounds = asked == nullptr ? 5 : std::atoi(asked);
  ASSERT_TRUE(submit(store, grid(), options));
  ASSERT_TRUE(until([&] { return areAllFinished(); }, 60));
  const Json undisturbed = allNumbers();
  std::mt19937 random(20261122);

  for (int round = 0; round < rounds; ++round) {
    std::vector<std::string> ids;
    for (int number = 1; number <= kRuns; ++number) {
      ids.push_back(runId(number));
    }
    ASSERT_TRUE(sendRequest(store, "remove", {{"run_ids", ids}}, options));
    ASSERT_TRUE(submit(store, grid(), options));

    int kills = 0;
    for (int attack = 0; attack < 12 && !areAllFinished(); ++attack) {
      rest(static_cast<int>(random() % 200));
      const auto victims = trainers();
      if (!victims.empty() && random() % 3 != 0) {
        const auto& victim = victims[random() % victims.size()];
        kills += ::kill(static_cast<pid_t>(victim.pid), SIGKILL) == 0 ? 1 : 0;
      }
      if (random() % 2 == 0 && killAgent()) {
        ++kills;
        rest(static_cast<int>(random() % 100));
        ASSERT_TRUE(ensureAgentRunning(store, options));
      }
    }
    ASSERT_TRUE(ensureAgentRunning(store, options));
    ASSERT_TRUE(until([&] { return areAllFinished(); }, 60)) << describeAll();

    EXPECT_GT(kills, 0);
    for (int number = 1; number <= kRuns; ++number) {
      expectNothingLost(number);
      expectNothingRanTwice(number);
    }
    ASSERT_EQ(allNumbers(), undisturbed) << "round " << round;
    ASSERT_TRUE(until([&] { return trainers().empty(); }));
    std::cout << "round " << round << ": " << kills << " kills" << std::endl;
  }
}

}  // namespace
}  // namespace retort
