#include "core/agent/agent.h"

#include "core/base/file.h"
#include "core/events/event_writer.h"
#include "tests/core/agent/agent_fixture.h"

#include <csignal>
#include <limits>
#include <memory>

#include <fcntl.h>
#include <sys/file.h>

namespace retort {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

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

TEST_F(AgentTest, StartsAsManyRunsAsTheMachineHasThreads) {
  submitAndStart({submittedRun(1), submittedRun(2), submittedRun(3)});

  EXPECT_THAT(runner.processes, SizeIs(2));
  EXPECT_EQ(stateOf(1), RunState::kRunning);
  EXPECT_EQ(stateOf(2), RunState::kRunning);
  EXPECT_EQ(stateOf(3), RunState::kQueued);
}

TEST_F(AgentTest, WritesTheSpecBeforeItStartsTheTrainer) {
  submitAndStart({submittedRun(1)});

  const auto& process = runner.processes.at(pidOf(1));
  EXPECT_TRUE(process.is_launched);
  EXPECT_THAT(process.command.argv,
              ElementsAre("/usr/bin/true", "--run", pathsOf(1).folder.string()));
  EXPECT_THAT(contentsOf(pathsOf(1).spec()), HasSubstr(runId(1)));
}

TEST_F(AgentTest, CompletesTheRequestOfASubmission) {
  const auto id = submitRuns({submittedRun(1)});

  turns(1);

  EXPECT_TRUE(request(id).is_done);
  EXPECT_EQ(request(id).error, "");
  EXPECT_TRUE(std::filesystem::exists(store.paths().folder / "experiments"));
}

TEST_F(AgentTest, RecordsTheProcessBeforeItBegins) {
  runner.launch_error = "true: No such file or directory";

  submitRuns({submittedRun(1)});
  turns(1);

  const auto attempt = store.runs().lastAttempt(runId(1)).value();
  ASSERT_TRUE(attempt.has_value());
  EXPECT_GT(attempt->process.pid, 0);
}

TEST_F(AgentTest, FailsARunWhoseTrainerCannotBeExecuted) {
  runner.launch_error = "/x/trainer: No such file or directory";

  submitAndStart({submittedRun(1)});
  turns(1);

  EXPECT_EQ(stateOf(1), RunState::kFailed);
  EXPECT_EQ(run(1).message, "cannot start trainer: /x/trainer: No such file or directory");
}

TEST_F(AgentTest, FailsARunWhoseTrainerIsUnknown) {
  SubmittedRun stranger = submittedRun(1);
  stranger.spec.trainer = "evil";

  submitAndStart({stranger});

  EXPECT_EQ(stateOf(1), RunState::kFailed);
  EXPECT_THAT(run(1).message, HasSubstr("unknown trainer 'evil'; known: fake, retort-train"));
}

TEST_F(AgentTest, KeepsARunQueuedWhenNoProcessCanBeMade) {
  runner.prepare_error = "cannot start a process: Resource temporarily unavailable";

  submitAndStart({submittedRun(1)});
  EXPECT_EQ(stateOf(1), RunState::kQueued);
  EXPECT_EQ(run(1).crashes, 0);

  runner.prepare_error.clear();
  turns(40);
  EXPECT_EQ(stateOf(1), RunState::kRunning);
}

TEST_F(AgentTest, IngestsEventsWhileTheRunGoesOn) {
  submitAndStart({submittedRun(1)});
  const auto events = eventsOf(1, 1);
  events->append("phase", {}, {{"name", "kd_qat"}, {"total_steps", 40}});
  events->appendMetrics(7, {{{"train.loss", {}, {}, "", ""}, 0.5}});
  ASSERT_TRUE(events->flush());

  turns(1);

  EXPECT_EQ(run(1).step, 7);
  EXPECT_EQ(run(1).total_steps, 40);
  EXPECT_EQ(run(1).phase, "kd_qat");
  EXPECT_THAT(store.metrics().series(runId(1)).value(), SizeIs(1));
}

TEST_F(AgentTest, RecordsAFinishedRunAndStartsTheNext) {
  submitAndStart({submittedRun(1), submittedRun(2), submittedRun(3)});

  finish(1);

  EXPECT_EQ(stateOf(1), RunState::kFinished);
  EXPECT_EQ(stateOf(3), RunState::kRunning);
  EXPECT_EQ(store.runs().lastAttempt(runId(1)).value()->exit_code, 0);
}

TEST_F(AgentTest, CallsARunWithoutAResultFailed) {
  submitAndStart({submittedRun(1)});
  const auto events = eventsOf(1, 1);

  runner.endProcess(pidOf(1), 0);
  turns(1);

  EXPECT_EQ(stateOf(1), RunState::kFailed);
  EXPECT_EQ(run(1).message, "ended without a result");
}

TEST_F(AgentTest, PassesTheTrainersWordsOn) {
  submitAndStart({submittedRun(1)});
  writeEnd(1, 1, "failed", 65);

  runner.endProcess(pidOf(1), 65);
  turns(1);

  EXPECT_EQ(run(1).message, "bad data: words");
}

TEST_F(AgentTest, RetriesACrashAfterItsDelayWithTheNextAttempt) {
  submitAndStart({submittedRun(1)});
  crash(1);
  EXPECT_EQ(stateOf(1), RunState::kQueued);
  EXPECT_EQ(run(1).crashes, 1);

  turns(5);
  EXPECT_EQ(stateOf(1), RunState::kQueued) << "the delay is 2 s";
  turns(8);

  EXPECT_EQ(stateOf(1), RunState::kRunning);
  EXPECT_EQ(runner.processes.at(pidOf(1)).command.environment.at("RETORT_ATTEMPT"), "2");
}

TEST_F(AgentTest, GivesUpAfterThreeCrashes) {
  submitAndStart({submittedRun(1)});
  for (int i = 0; i < 3; ++i) {
    crash(1);
    turns(60);
  }

  EXPECT_EQ(stateOf(1), RunState::kFailed);
  EXPECT_EQ(run(1).attempts, 3);
  EXPECT_THAT(run(1).message, HasSubstr("killed by signal 9 (SIGKILL)"));
}

TEST_F(AgentTest, StartsAStudentWhenItsTeacherHasFinished) {
  SubmittedRun student = submittedRun(2);
  addNeed(student, runId(1));
  submitAndStart({submittedRun(1), student});
  EXPECT_EQ(stateOf(2), RunState::kQueued);

  finish(1);

  EXPECT_EQ(stateOf(2), RunState::kRunning);
}

TEST_F(AgentTest, BlocksAStudentWhoseTeacherFailedUntilItIsTriedAgain) {
  SubmittedRun student = submittedRun(2);
  addNeed(student, runId(1));
  submitAndStart({submittedRun(1), student});
  writeEnd(1, 1, "failed", 66);
  runner.endProcess(pidOf(1), 66);
  turns(1);
  EXPECT_EQ(stateOf(2), RunState::kBlocked);
  EXPECT_THAT(run(2).message, HasSubstr("which failed"));

  requestFor("retry", {runId(1)});
  turns(1);

  EXPECT_EQ(stateOf(1), RunState::kRunning);
  EXPECT_EQ(stateOf(2), RunState::kQueued);
}

TEST_F(AgentTest, StopsARunWithTermAndAfterTheGraceWithKill) {
  submitAndStart({submittedRun(1)});
  const auto pid = pidOf(1);

  requestFor("stop", {runId(1)});
  turns(2);
  EXPECT_EQ(stateOf(1), RunState::kStopping);
  EXPECT_THAT(runner.processes.at(pid).signals, ElementsAre(SIGTERM));

  clock.advance(29'000);
  turns(1);
  EXPECT_THAT(runner.processes.at(pid).signals, ElementsAre(SIGTERM));
  clock.advance(1'000);
  turns(1);
  EXPECT_THAT(runner.processes.at(pid).signals, ElementsAre(SIGTERM, SIGKILL));

  runner.endProcess(pid, {}, SIGKILL);
  turns(1);
  EXPECT_EQ(stateOf(1), RunState::kStopped);
  EXPECT_THAT(run(1).message, HasSubstr("by force"));
}

TEST_F(AgentTest, SendsTermOnceHoweverOftenAStopIsAsked) {
  submitAndStart({submittedRun(1)});

  requestFor("stop", {runId(1)});
  turns(2);
  requestFor("stop", {runId(1)});
  turns(3);

  EXPECT_THAT(runner.processes.at(pidOf(1)).signals, ElementsAre(SIGTERM));
}

TEST_F(AgentTest, ResumesAStoppedRunFromItsCheckpoint) {
  submitAndStart({submittedRun(1)});
  requestFor("stop", {runId(1)});
  turns(2);
  const auto resume = requestFor("resume", {runId(1)});
  turns(2);
  EXPECT_FALSE(request(resume).is_done) << "the run is still stopping";

  writeEnd(1, 1, "stopped", 75);
  runner.endProcess(pidOf(1), 75);
  turns(2);

  EXPECT_TRUE(request(resume).is_done);
  EXPECT_EQ(stateOf(1), RunState::kRunning);
  EXPECT_EQ(run(1).attempts, 2);
}

TEST_F(AgentTest, EndsARunAtItsTimeLimit) {
  SubmittedRun limited = submittedRun(1);
  limited.resources.time_limit_s = 60;
  submitAndStart({limited});

  clock.advance(61'000);
  turns(1);
  EXPECT_THAT(runner.processes.at(pidOf(1)).signals, ElementsAre(SIGTERM));
  runner.endProcess(pidOf(1), 75);
  turns(1);

  EXPECT_EQ(stateOf(1), RunState::kStopped);
  EXPECT_THAT(run(1).message, HasSubstr("time limit of 1 min"));
}

TEST_F(AgentTest, KillsAndRetriesARunThatHangs) {
  submitAndStart({submittedRun(1)});
  const auto pid = pidOf(1);

  turns(800);  // 160 s without an event and without processor time
  EXPECT_THAT(runner.processes.at(pid).signals, Contains(SIGTERM));
  EXPECT_THAT(runner.processes.at(pid).signals, Contains(SIGKILL));
  runner.endProcess(pid, {}, SIGKILL);
  turns(1);

  EXPECT_EQ(stateOf(1), RunState::kQueued);
  EXPECT_EQ(run(1).crashes, 1);
  EXPECT_THAT(run(1).message, HasSubstr("not responding"));
}

TEST_F(AgentTest, LetsASilentRunComputeForAWhile) {
  submitAndStart({submittedRun(1)});

  for (int i = 0; i < 50; ++i) {
    runner.processes.at(pidOf(1)).cpu_ticks += 100;
    turns(25);  // 5 s each
  }

  EXPECT_THAT(runner.processes.at(pidOf(1)).signals, IsEmpty());
}

TEST_F(AgentTest, DeclaresNoRunDeadWhenTheWallClockJumps) {
  submitAndStart({submittedRun(1)});

  clock.wall_ms += 86'400'000;
  turns(3);
  clock.wall_ms -= 2 * 86'400'000LL;
  turns(3);

  EXPECT_EQ(stateOf(1), RunState::kRunning);
  EXPECT_THAT(runner.processes.at(pidOf(1)).signals, IsEmpty());
}

TEST_F(AgentTest, KillsATrainerThatBreaksTheProtocol) {
  submitAndStart({submittedRun(1)});
  std::ofstream(pathsOf(1).events())
      << R"({"kind":"open","attempt":1,"time_ms":1,"protocol":999})" << '\n';

  turns(3);
  EXPECT_THAT(runner.processes.at(pidOf(1)).signals, ElementsAre(SIGKILL));
  runner.endProcess(pidOf(1), {}, SIGKILL);
  turns(2);

  EXPECT_EQ(stateOf(1), RunState::kFailed);
  EXPECT_THAT(run(1).message, HasSubstr("protocol"));
}

TEST_F(AgentTest, TakesItsRunningTrainersBack) {
  submitAndStart({submittedRun(1), submittedRun(2)});
  const auto pid = pidOf(1);

  restartAgent();
  turns(2);

  EXPECT_EQ(pidOf(1), pid);
  EXPECT_EQ(stateOf(1), RunState::kRunning);
  EXPECT_EQ(run(1).attempts, 1);
  EXPECT_THAT(runner.processes, SizeIs(2)) << "nothing was started a second time";
}

TEST_F(AgentTest, SettlesARunThatFinishedWhileNobodyWatched) {
  submitAndStart({submittedRun(1)});
  writeEnd(1, 1, "finished", 0);
  runner.processes.clear();

  restartAgent();
  turns(3);

  EXPECT_EQ(stateOf(1), RunState::kFinished);
}

TEST_F(AgentTest, RetriesARunThatWasLostWhileNobodyWatched) {
  submitAndStart({submittedRun(1)});
  eventsOf(1, 1);
  runner.processes.clear();

  restartAgent();
  turns(3);

  EXPECT_EQ(stateOf(1), RunState::kQueued);
  EXPECT_EQ(run(1).crashes, 1);
}

TEST_F(AgentTest, StartsARunAgainThatNeverBeganBeforeTheAgentDied) {
  submitAndStart({submittedRun(1)});
  runner.processes.clear();

  restartAgent();
  turns(4);

  EXPECT_EQ(stateOf(1), RunState::kRunning);
  EXPECT_EQ(run(1).attempts, 2);
  EXPECT_EQ(run(1).crashes, 0);
}

TEST_F(AgentTest, GoesOnAfterARestartOfTheMachineWithoutCountingACrash) {
  submitAndStart({submittedRun(1)});
  eventsOf(1, 1);
  runner.processes.clear();
  self.boot_id = "another boot";

  restartAgent();
  turns(4);

  EXPECT_EQ(stateOf(1), RunState::kRunning);
  EXPECT_EQ(run(1).crashes, 0);
  EXPECT_EQ(run(1).attempts, 2);
}

TEST_F(AgentTest, StopsAnAdoptedRun) {
  submitAndStart({submittedRun(1)});
  requestFor("stop", {runId(1)});
  turns(1);

  restartAgent();
  turns(3);

  EXPECT_EQ(stateOf(1), RunState::kStopping);
  EXPECT_THAT(runner.processes.at(pidOf(1)).signals, ElementsAre(SIGTERM));
}

TEST_F(AgentTest, TakesOverARunThatSomebodyElseStarted) {
  // This process holds the lock as a trainer that was started by hand would.
  std::filesystem::create_directories(pathsOf(1).folder);
  const FileDescriptor lock(::open(pathsOf(1).lock().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  ASSERT_EQ(::flock(lock.get(), LOCK_EX), 0);
  std::ofstream(pathsOf(1).lock()) << ::getpid();
  runner.alive.insert(::getpid());

  submitAndStart({submittedRun(1)});

  EXPECT_EQ(pidOf(1), ::getpid());
  EXPECT_TRUE(runner.processes.at(::getpid()).is_adopted);
}

TEST_F(AgentTest, TakesOverWhenTheTrainerFindsTheRunLocked) {
  submitAndStart({submittedRun(1)});
  const FileDescriptor lock(::open(pathsOf(1).lock().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  ASSERT_EQ(::flock(lock.get(), LOCK_EX), 0);
  std::ofstream(pathsOf(1).lock()) << ::getpid();
  runner.alive.insert(::getpid());

  runner.endProcess(pidOf(1), 75);
  turns(1);

  EXPECT_EQ(stateOf(1), RunState::kRunning);
  EXPECT_EQ(pidOf(1), ::getpid());
}

TEST_F(AgentTest, WaitsWhenTheLockIsHeldWhereItCannotLook) {
  std::filesystem::create_directories(pathsOf(1).folder);
  const FileDescriptor lock(::open(pathsOf(1).lock().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  ASSERT_EQ(::flock(lock.get(), LOCK_EX), 0);
  std::ofstream(pathsOf(1).lock()) << 1'000'000'000;

  submitAndStart({submittedRun(1)});

  EXPECT_EQ(stateOf(1), RunState::kQueued);
  EXPECT_THAT(run(1).message, HasSubstr("locked by pid 1000000000"));
}

TEST_F(AgentTest, WritesNothingAfterItLostTheLease) {
  submitRuns({submittedRun(1)});
  const auto holder = store.lease().holder().value();
  ASSERT_EQ(store.lease().acquire({2, 2, "boot"}, "host", 2, holder), true);

  EXPECT_FALSE(agent->turn());

  EXPECT_THAT(runner.processes, IsEmpty());
  EXPECT_EQ(store.lease().holder().value()->process.pid, 2);
}

TEST_F(AgentTest, EndsWhenIdleForLongEnough) {
  turns(70);
  clock.advance(2'000);

  EXPECT_FALSE(agent->turn());

  EXPECT_FALSE(store.lease().holder().value().has_value());
}

TEST_F(AgentTest, StaysWhileARunWaitsForItsRetry) {
  options.retry.first_delay = std::chrono::milliseconds(60'000);
  startAgent();
  submitAndStart({submittedRun(1)});
  crash(1);

  turns(200);  // 40 s
}

TEST_F(AgentTest, DoesNotStayForPausedAndBlockedRuns) {
  submitAndStart({submittedRun(1)});
  requestFor("stop", {runId(1)});
  turns(1);
  runner.endProcess(pidOf(1), 75);
  turns(1);
  clock.advance(20'000);

  EXPECT_FALSE(agent->turn());
}

TEST_F(AgentTest, LeavesTrainersRunningWhenItIsToldToEnd) {
  submitAndStart({submittedRun(1)});
  runner.is_told_to_end = true;

  EXPECT_FALSE(agent->turn());

  EXPECT_THAT(runner.processes.begin()->second.signals, IsEmpty());
  EXPECT_EQ(stateOf(1), RunState::kRunning);
}

TEST_F(AgentTest, ShutsDownAfterStoppingAllRuns) {
  submitAndStart({submittedRun(1), submittedRun(2), submittedRun(3)});
  addRequest("shutdown", {{"stop_runs", true}});
  turns(2);
  for (int number : {1, 2}) {
    EXPECT_THAT(runner.processes.at(pidOf(number)).signals, ElementsAre(SIGTERM));
    runner.endProcess(pidOf(number), 75);
  }

  EXPECT_FALSE(agent->turn());

  EXPECT_EQ(stateOf(1), RunState::kStopped);
  EXPECT_EQ(stateOf(3), RunState::kQueued);
}

TEST_F(AgentTest, ShutsDownAtOnceAndLetsRunsGoOn) {
  submitAndStart({submittedRun(1)});
  addRequest("shutdown", {{"stop_runs", false}});

  EXPECT_FALSE(agent->turn());

  EXPECT_EQ(stateOf(1), RunState::kRunning);
}

TEST_F(AgentTest, KeepsToTheConfiguredNumberOfJobs) {
  addRequest("configure", {{"jobs", 1}});
  turns(1);

  submitAndStart({submittedRun(1), submittedRun(2)});

  EXPECT_THAT(runner.processes, SizeIs(1));
  EXPECT_THAT(contentsOf(store.paths().agentSettings()), HasSubstr("1"));
}

TEST_F(AgentTest, StartsRunsOfHigherPriorityFirst) {
  machine.threads = 1;
  startAgent();
  submitAndStart({submittedRun(1), submittedRun(2), submittedRun(3)});
  addRequest("priority", {{"run_ids", {runId(3)}}, {"priority", 5}});
  turns(1);

  finish(1);

  EXPECT_EQ(stateOf(3), RunState::kRunning);
  EXPECT_EQ(stateOf(2), RunState::kQueued);
}

TEST_F(AgentTest, NeverTouchesTheWorkspaceThatReplacedItsOwn) {
  submitAndStart({submittedRun(1)});
  std::filesystem::rename(store.paths().database(), store.paths().folder / "old.db");

  EXPECT_FALSE(agent->turn());
}

}  // namespace
}  // namespace retort
