#include "core/agent/agent.h"

#include "tests/core/agent/agent_test_fixture.h"

#include <fstream>

namespace retort {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

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

TEST_F(AgentTest, RetriesInTimeAlthoughTheWallClockJumpsBack) {
  submitAndStart({submittedRun(1)});
  crash(1);
  clock.wall_ms -= 86'400'000;

  turns(15);

  EXPECT_EQ(stateOf(1), RunState::kRunning);
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
