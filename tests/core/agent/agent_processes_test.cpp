// The agent with real processes of the fake trainer: the ugly cases of trainers, by name.
#include "core/agent/agent.h"
#include "core/agent/agent_lease.h"
#include "core/agent/linux_process_runner.h"
#include "core/agent/process_identity.h"
#include "core/agent/run_folder.h"
#include "core/agent/spawn.h"
#include "tests/core/agent/agent_fixture.h"

#include <csignal>
#include <memory>
#include <sstream>
#include <thread>

#include <unistd.h>

namespace retort {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

class AgentProcesses : public WorkspaceTest {
 protected:
  AgentProcesses() {
    registerTrainer({PROGRAM_DIR "/fake_trainer"});
    options.tick = milliseconds(10);
    options.stop_grace = milliseconds(300);
    options.retry.first_delay = milliseconds(10);
    startAgent();
  }

  ~AgentProcesses() override {
    for (const auto& [run_id, run] : agent->activeRuns()) {
      ::kill(static_cast<pid_t>(-run.process.pid), SIGKILL);
    }
    (void)runner->wait(milliseconds(100));
  }

  void startAgent() {
    agent.reset();
    runner = std::make_unique<LinuxProcessRunner>();
    if (const auto holder = store.lease().holder().value()) {
      EXPECT_TRUE(store.lease().release(holder->process));
    }
    const ProcessIdentity self = ownIdentity().process;
    EXPECT_EQ(store.lease().acquire(self, "host", 1), true);
    MachineSlots machine;
    machine.threads = 2;
    agent = std::make_unique<Agent>(
        store, *runner, clock, options, machine, self, [](const std::string&) {});
  }

  void submitFake(int number, SettingValues settings) {
    settings["seed"] = number;
    submitRuns({submittedRun(number, std::move(settings))});
  }

  void submitBehaviour(const std::string& behaviour) {
    submitFake(1, {{"fake.behaviour", behaviour}});
  }

  // Turns until `condition` holds, 20 s at most.
  bool until(const std::function<bool()>& condition) {
    const auto end = clock.steadyMs() + 20'000;
    while (!condition() && clock.steadyMs() < end) {
      if (!agent->turn()) {
        return false;
      }
    }
    return condition();
  }

  bool untilState(int number, RunState state) {
    return until([&] {
      const auto found = store.runs().get(runId(number));
      return found && found->state == state;
    });
  }

  bool untilStep(int number, std::int64_t step) {
    return until([&] {
      const auto found = store.runs().get(runId(number));
      return found && found->step >= step;
    });
  }

  pid_t pidOf(int number) {
    return static_cast<pid_t>(agent->activeRuns().at(runId(number)).process.pid);
  }

  double finalAccuracy(int number) {
    const auto results = store.metrics().results(runId(number)).value();
    const auto found = results.find("eval.accuracy");
    return found == results.end() ? -1 : found->second;
  }

  std::string numbers(int number) { return contentsOf(pathsOf(number).model() / "numbers.txt"); }

  SystemClock clock;
  AgentOptions options;
  std::unique_ptr<LinuxProcessRunner> runner;
  std::unique_ptr<Agent> agent;
};

TEST_F(AgentProcesses, FinishARun) {
  submitBehaviour("normal");

  ASSERT_TRUE(untilState(1, RunState::kFinished)) << run(1).message;

  EXPECT_EQ(run(1).step, 20);
  EXPECT_EQ(run(1).attempts, 1);
  EXPECT_GE(finalAccuracy(1), 0);
  EXPECT_EQ(store.metrics().series(runId(1)).value().size(), 3u);
}

TEST_F(AgentProcesses, RunTwoAtOnceOnTwoThreads) {
  submitFake(1, {{"fake.step_ms", 20}});
  submitFake(2, {{"fake.step_ms", 20}});

  EXPECT_TRUE(until([&] { return agent->activeRuns().size() == 2; }));
  EXPECT_TRUE(untilState(1, RunState::kFinished));
  EXPECT_TRUE(untilState(2, RunState::kFinished));
}

TEST_F(AgentProcesses, ShowNewPointsWellWithinASecond) {
  submitFake(1, {{"fake.steps", 1000}, {"fake.step_ms", 10}});
  ASSERT_TRUE(untilStep(1, 5));
  const auto before = run(1).step;
  const auto begin = clock.steadyMs();

  ASSERT_TRUE(untilStep(1, before + 1));

  EXPECT_LT(clock.steadyMs() - begin, 900);
}

TEST_F(AgentProcesses, GrantThreadsAndNumberTheAttempt) {
  SubmittedRun submitted = submittedRun(1, {{"fake.behaviour", "print_environment"}});
  submitted.resources.threads = 2;
  submitRuns({submitted});

  ASSERT_TRUE(untilState(1, RunState::kFinished));

  const std::string log = contentsOf(pathsOf(1).log());
  EXPECT_THAT(
      log, HasSubstr("RETORT_ATTEMPT=1\nRETORT_THREADS=2\nOMP_NUM_THREADS=2\nMKL_NUM_THREADS=2\n"));
  EXPECT_THAT(log, HasSubstr("stdin=empty"));
}

TEST_F(AgentProcesses, DieAtOnceAndAreGivenUp) {
  submitBehaviour("die_at_once");

  ASSERT_TRUE(untilState(1, RunState::kFailed));

  EXPECT_EQ(run(1).attempts, 3);
  EXPECT_THAT(run(1).message, HasSubstr("exit code 9"));
  EXPECT_THAT(run(1).message, HasSubstr("a library is missing"));
}

TEST_F(AgentProcesses, CrashAndGoOnFromTheCheckpointWithTheSameNumbers) {
  submitFake(1, {{"fake.behaviour", "crash"}, {"fake.crash_step", 13}});
  ASSERT_TRUE(untilState(1, RunState::kFinished)) << run(1).message;
  EXPECT_EQ(run(1).attempts, 2);
  EXPECT_THAT(contentsOf(pathsOf(1).log()), HasSubstr("about to crash"));
  const std::string crashed = numbers(1);
  const double accuracy = finalAccuracy(1);

  std::filesystem::remove_all(pathsOf(1).folder);
  requestFor("remove", {runId(1)});
  ASSERT_TRUE(until([&] { return !store.runs().get(runId(1)).has_value(); }));
  submitBehaviour("normal");
  ASSERT_TRUE(untilState(1, RunState::kFinished));

  EXPECT_EQ(numbers(1), crashed);
  EXPECT_EQ(finalAccuracy(1), accuracy);
}

TEST_F(AgentProcesses, KilledBySignalSayWhichOne) {
  options.retry.max_crashes = 1;
  startAgent();
  int number = 0;
  for (const auto& [signal, name] : {std::pair{SIGKILL, "SIGKILL"},
                                     std::pair{SIGABRT, "SIGABRT"},
                                     std::pair{SIGBUS, "SIGBUS"},
                                     std::pair{SIGFPE, "SIGFPE"}}) {
    submitFake(++number, {{"fake.steps", 1000}});
    ASSERT_TRUE(untilStep(number, 3));
    const auto begin = clock.steadyMs();
    ::kill(pidOf(number), signal);

    ASSERT_TRUE(untilState(number, RunState::kFailed));

    EXPECT_LT(clock.steadyMs() - begin, 2'000);
    EXPECT_THAT(run(number).message, HasSubstr(name));
    EXPECT_EQ(store.runs().lastAttempt(runId(number)).value()->signal, signal);
  }
}

TEST_F(AgentProcesses, HangAndAreKilledAndTriedAgain) {
  options.heartbeat_timeout = milliseconds(400);
  startAgent();
  submitFake(1, {{"fake.behaviour", "hang"}, {"fake.crash_step", 7}});

  ASSERT_TRUE(untilState(1, RunState::kFinished)) << run(1).message;

  EXPECT_EQ(run(1).attempts, 2);
  EXPECT_THAT(store.runs().attempts(runId(1)).value().at(0).message, HasSubstr("not responding"));
}

TEST_F(AgentProcesses, StoppedBySigstopCountAsHanging) {
  options.heartbeat_timeout = milliseconds(400);
  startAgent();
  submitFake(1, {{"fake.steps", 100}});
  ASSERT_TRUE(untilStep(1, 3));
  ::kill(pidOf(1), SIGSTOP);

  ASSERT_TRUE(untilState(1, RunState::kFinished));

  EXPECT_EQ(run(1).attempts, 2);
}

TEST_F(AgentProcesses, StopOnRequestAndResumeWithTheSameNumbers) {
  submitFake(1, {{"fake.steps", 400}});
  ASSERT_TRUE(untilStep(1, 3));
  requestFor("stop", {runId(1)});
  requestFor("stop", {runId(1)});
  ASSERT_TRUE(untilState(1, RunState::kStopped));
  EXPECT_THAT(run(1).message, HasSubstr("stopped at step"));

  requestFor("resume", {runId(1)});
  ASSERT_TRUE(untilState(1, RunState::kFinished));

  EXPECT_EQ(run(1).attempts, 2);
  EXPECT_EQ(run(1).step, 400);
}

TEST_F(AgentProcesses, IgnoreTermAndAreKilledAfterTheGrace) {
  submitFake(1, {{"fake.behaviour", "ignore_term"}, {"fake.steps", 100'000}});
  ASSERT_TRUE(untilStep(1, 3));
  requestFor("stop", {runId(1)});

  ASSERT_TRUE(untilState(1, RunState::kStopped));

  EXPECT_THAT(run(1).message, HasSubstr("by force"));
}

TEST_F(AgentProcesses, StoppedBySigstopAreKilledOnRequest) {
  submitFake(1, {{"fake.steps", 100'000}});
  ASSERT_TRUE(untilStep(1, 3));
  ::kill(pidOf(1), SIGSTOP);
  requestFor("stop", {runId(1)});

  EXPECT_TRUE(untilState(1, RunState::kStopped));
}

TEST_F(AgentProcesses, FloodTheirOutputWithoutBlocking) {
  submitBehaviour("flood");

  ASSERT_TRUE(untilState(1, RunState::kFinished));

  EXPECT_GT(std::filesystem::file_size(pathsOf(1).log()), 8u << 20);
}

TEST_F(AgentProcesses, FloodTheirOutputAndFillNoDisk) {
  options.log_limit = 1 << 20;
  startAgent();
  submitBehaviour("flood");

  ASSERT_TRUE(untilState(1, RunState::kFinished));

  EXPECT_LE(std::filesystem::file_size(pathsOf(1).log()), 1u << 20);
  EXPECT_THAT(contentsOf(pathsOf(1).log()), HasSubstr("output was left out here"));
}

TEST_F(AgentProcesses, LeaveATornLineAndGoOn) {
  submitFake(1, {{"fake.behaviour", "torn"}, {"fake.crash_step", 8}});

  ASSERT_TRUE(untilState(1, RunState::kFinished)) << run(1).message;

  EXPECT_EQ(run(1).attempts, 2);
  EXPECT_EQ(run(1).step, 20);
  const auto series = store.metrics().series(runId(1), "train.loss").value();
  EXPECT_EQ(store.metrics().points(series.at(0).series_id).value().size(), 20u);
}

TEST_F(AgentProcesses, ExitWithZeroButWithoutAResultHaveFailed) {
  submitBehaviour("no_end");

  ASSERT_TRUE(untilState(1, RunState::kFailed));

  EXPECT_EQ(run(1).message, "ended without a result");
}

TEST_F(AgentProcesses, CrashAfterTheirResultHaveFinished) {
  submitBehaviour("crash_at_exit");

  EXPECT_TRUE(untilState(1, RunState::kFinished));
}

TEST_F(AgentProcesses, SpeakAnotherProtocolAndFail) {
  submitBehaviour("wrong_protocol");

  ASSERT_TRUE(untilState(1, RunState::kFailed));

  EXPECT_THAT(run(1).message, HasSubstr("999"));
  EXPECT_EQ(run(1).attempts, 1);
}

TEST_F(AgentProcesses, DivergeAndKeepThatAsAResult) {
  submitBehaviour("diverge");

  ASSERT_TRUE(untilState(1, RunState::kDiverged));

  EXPECT_EQ(run(1).message, "diverged: loss is NaN");
  EXPECT_EQ(run(1).attempts, 1);
}

struct RefusalCase {
  std::string behaviour;
  std::string message;
};

void PrintTo(const RefusalCase& refusal, std::ostream* out) {
  *out << refusal.behaviour;
}

class AgentProcessesRefuse : public AgentProcesses,
                             public ::testing::WithParamInterface<RefusalCase> {};

TEST_P(AgentProcessesRefuse, AndFailWithTheTrainersWords) {
  submitBehaviour(GetParam().behaviour);

  ASSERT_TRUE(untilState(1, RunState::kFailed));

  EXPECT_EQ(run(1).message, GetParam().message + ": row 7 of train.tsv has no label");
  EXPECT_EQ(run(1).attempts, 1);
}

INSTANTIATE_TEST_SUITE_P(ExitCodes,
                         AgentProcessesRefuse,
                         ::testing::Values(RefusalCase{"bad_data", "bad data"},
                                           RefusalCase{"missing_input", "missing input"},
                                           RefusalCase{"bad_spec", "bad spec"}));

TEST_F(AgentProcesses, ThatCannotBeExecutedSaySo) {
  registerTrainer({"/no/such/trainer"});
  submitBehaviour("normal");

  ASSERT_TRUE(untilState(1, RunState::kFailed));

  EXPECT_EQ(run(1).message, "cannot start trainer: /no/such/trainer: No such file or directory");
}

TEST_F(AgentProcesses, WithAMissingLibraryAreNotTrainingsThatFailed) {
  registerTrainer({"/bin/sh", "-c", "echo 'trainer: cannot open libtorch.so' >&2; exit 127"});
  submitBehaviour("normal");

  ASSERT_TRUE(untilState(1, RunState::kFailed));

  EXPECT_EQ(run(1).message, "cannot start trainer: trainer: cannot open libtorch.so");
}

TEST_F(AgentProcesses, LeaveNoGrandchildren) {
  for (const char* behaviour : {"grandchild", "escape"}) {
    const int number = behaviour[0] == 'g' ? 1 : 2;
    submitFake(number, {{"fake.behaviour", behaviour}, {"fake.steps", 100'000}});
    ASSERT_TRUE(untilStep(number, 3));
    const auto is_mine = [&](const ProcessStat& stat) {
      return readProcessVariable(stat.pid, LinuxProcessRunner::kRunVariable) ==
             pathsOf(number).folder.string();
    };
    ASSERT_EQ(std::ranges::count_if(listProcesses(), is_mine), 2);

    ::kill(pidOf(number), SIGKILL);
    requestFor("stop", {runId(number)});

    EXPECT_TRUE(until([&] { return std::ranges::none_of(listProcesses(), is_mine); })) << behaviour;
  }
}

TEST_F(AgentProcesses, StartedByHandAreTakenOverAndNotStartedTwice) {
  submitFake(1, {{"fake.steps", 300}});
  requestFor("pause", {runId(1)});
  ASSERT_TRUE(untilState(1, RunState::kPaused));
  ASSERT_TRUE(makeRunFolder(store.paths(), run(1).spec));
  SpawnOptions by_hand;
  by_hand.argv = {PROGRAM_DIR "/fake_trainer", "--run", pathsOf(1).folder.string()};
  by_hand.is_detached = true;
  ASSERT_TRUE(spawn(by_hand).has_value());
  ASSERT_TRUE(until([&] { return std::filesystem::exists(pathsOf(1).folder / "steps.log"); }));

  requestFor("unpause", {runId(1)});
  ASSERT_TRUE(untilState(1, RunState::kFinished));

  EXPECT_EQ(run(1).attempts, 1);
  std::istringstream steps(contentsOf(pathsOf(1).folder / "steps.log"));
  std::set<std::string> pids;
  for (std::string pid, rest; steps >> pid && std::getline(steps, rest);) {
    pids.insert(pid);
  }
  EXPECT_EQ(pids.size(), 1u);
}

TEST_F(AgentProcesses, AreTakenBackByTheNextAgent) {
  submitFake(1, {{"fake.steps", 400}});
  ASSERT_TRUE(untilStep(1, 3));
  const pid_t pid = pidOf(1);

  startAgent();
  ASSERT_TRUE(until([&] { return agent->activeRuns().size() == 1; }));

  EXPECT_EQ(pidOf(1), pid);
  EXPECT_TRUE(untilState(1, RunState::kFinished));
  EXPECT_EQ(run(1).attempts, 1);
}

TEST_F(AgentProcesses, ReuseOfAPidKillsNoStranger) {
  submitFake(1, {{"fake.steps", 5}});
  ASSERT_TRUE(untilState(1, RunState::kFinished));
  const ProcessIdentity stranger = identifyProcess(::getppid()).value();
  AttemptRecord attempt;
  attempt.attempt = 2;
  attempt.process = {stranger.pid, stranger.start_ticks - 7, stranger.boot_id};
  ASSERT_TRUE(store.runs().startAttempt(runId(1), attempt));
  ASSERT_TRUE(store.runs().setState(runId(1), RunState::kStopping, "", 1));

  startAgent();

  EXPECT_TRUE(untilState(1, RunState::kStopped));
  EXPECT_TRUE(isAlive(stranger));
}

}  // namespace
}  // namespace retort
