#include "core/plan/attempt_outcome.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort {
namespace {

using testing::HasSubstr;
using Ending = AttemptOutcome::Ending;

constexpr std::int64_t kNow = 1'000'000;

RunRecord runningRun(int crashes = 0) {
  RunRecord run;
  run.spec.run_id = "0123456789abcdef";
  run.state = RunState::kRunning;
  run.crashes = crashes;
  return run;
}

AttemptOutcome exited(int code) {
  AttemptOutcome outcome;
  outcome.ending = Ending::kExited;
  outcome.code = code;
  outcome.step = 120;
  outcome.has_opened = true;
  return outcome;
}

AttemptOutcome signaled(int signal) {
  AttemptOutcome outcome = exited(signal);
  outcome.ending = Ending::kSignaled;
  return outcome;
}

AttemptOutcome lost() {
  AttemptOutcome outcome = exited(0);
  outcome.ending = Ending::kLost;
  return outcome;
}

Settlement settle(const AttemptOutcome& outcome, int crashes = 0) {
  return settleAttempt(runningRun(crashes), outcome, RetryPolicy{}, kNow);
}

struct ExitCase {
  int code;
  RunState state;
  std::string message;
};

void PrintTo(const ExitCase& exit, std::ostream* out) {
  *out << "code_" << exit.code;
}

class ExitCodes : public testing::TestWithParam<ExitCase> {};

TEST_P(ExitCodes, FollowTheTrainersContract) {
  AttemptOutcome outcome = exited(GetParam().code);
  outcome.message = "the trainer's words";

  const Settlement settlement = settle(outcome);

  EXPECT_EQ(settlement.state, GetParam().state);
  EXPECT_EQ(settlement.message, GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Contract,
    ExitCodes,
    testing::Values(
        ExitCase{0, RunState::kFailed, "ended without a result"},
        ExitCase{2, RunState::kDiverged, "diverged: the trainer's words"},
        ExitCase{65, RunState::kFailed, "bad data: the trainer's words"},
        ExitCase{66, RunState::kFailed, "missing input: the trainer's words"},
        ExitCase{78, RunState::kFailed, "bad spec: the trainer's words"},
        ExitCase{75,
                 RunState::kStopped,
                 "stopped from outside at step 120; resuming continues from the checkpoint"},
        ExitCase{
            1,
            RunState::kQueued,
            "exit code 1 at step 120: the trainer's words; trying again in 2 s (crash 1 of 3)"},
        ExitCase{
            127,
            RunState::kQueued,
            "exit code 127 at step 120: the trainer's words; trying again in 2 s (crash 1 of 3)"}));

TEST(AttemptOutcome, ZeroWithAResultIsFinished) {
  AttemptOutcome outcome = exited(0);
  outcome.end_status = "finished";

  EXPECT_EQ(settle(outcome, 2), (Settlement{RunState::kFinished, "", 2, 0}));
}

TEST(AttemptOutcome, ACompleteResultCountsHoweverTheProcessEnded) {
  AttemptOutcome outcome = signaled(11);
  outcome.end_status = "finished";

  EXPECT_EQ(settle(outcome).state, RunState::kFinished);
}

TEST(AttemptOutcome, AProgramThatCannotBeExecutedIsNotATrainingThatFailed) {
  AttemptOutcome outcome;
  outcome.ending = Ending::kNotStarted;
  outcome.message = "/opt/x/trainer: No such file or directory";

  const Settlement settlement = settle(outcome);

  EXPECT_EQ(settlement.state, RunState::kFailed);
  EXPECT_EQ(settlement.message, "cannot start trainer: /opt/x/trainer: No such file or directory");
  EXPECT_EQ(settlement.crashes, 0);
}

TEST(AttemptOutcome, ATrainerThatBreaksTheProtocolIsNotTriedAgain) {
  AttemptOutcome outcome = signaled(9);
  outcome.refusal = "events.jsonl has protocol 2, this is 1";

  EXPECT_EQ(settle(outcome),
            (Settlement{RunState::kFailed, "events.jsonl has protocol 2, this is 1", 0, 0}));
}

TEST(AttemptOutcome, AMissingLibraryIsToldAsOne) {
  AttemptOutcome outcome = exited(127);
  outcome.has_opened = false;
  outcome.message = "error while loading shared libraries: libtorch.so: cannot open";

  const Settlement settlement = settle(outcome);

  EXPECT_EQ(settlement.state, RunState::kFailed);
  EXPECT_EQ(settlement.message,
            "cannot start trainer: error while loading shared libraries: libtorch.so: cannot open");
}

TEST(AttemptOutcome, ASignalIsNamed) {
  const Settlement settlement = settle(signaled(9));

  EXPECT_EQ(settlement.state, RunState::kQueued);
  EXPECT_THAT(settlement.message, HasSubstr("killed by signal 9 (SIGKILL) at step 120"));
}

TEST(AttemptOutcome, OutOfMemoryIsToldApartFromAPlainKill) {
  AttemptOutcome outcome = signaled(9);
  outcome.is_out_of_memory = true;

  EXPECT_THAT(settle(outcome).message, HasSubstr("out of memory"));
}

TEST(AttemptOutcome, CrashesAreRetriedWithGrowingDelayUpToTheLimit) {
  const Settlement first = settle(signaled(11), 0);
  const Settlement second = settle(signaled(11), 1);
  const Settlement third = settle(signaled(11), 2);

  EXPECT_EQ(first.state, RunState::kQueued);
  EXPECT_EQ(first.not_before_ms, kNow + 2'000);
  EXPECT_EQ(second.state, RunState::kQueued);
  EXPECT_EQ(second.not_before_ms, kNow + 4'000);
  EXPECT_EQ(third.state, RunState::kFailed);
  EXPECT_EQ(third.crashes, 3);
  EXPECT_THAT(third.message, HasSubstr("killed by signal 11 (SIGSEGV)"));
  EXPECT_THAT(third.message, HasSubstr("gave up after 3 crashes"));
}

TEST(AttemptOutcome, ANewCheckpointStartsTheCountOfCrashesAnew) {
  AttemptOutcome outcome = signaled(9);
  outcome.has_checkpoint = true;

  const Settlement settlement = settle(outcome, 2);

  EXPECT_EQ(settlement.state, RunState::kQueued);
  EXPECT_EQ(settlement.crashes, 1);
}

TEST(AttemptOutcome, AHangIsACrashHoweverTheTrainerAnswersToTheSignal) {
  AttemptOutcome outcome = exited(75);
  outcome.cause = StopCause::kHang;

  const Settlement settlement = settle(outcome);

  EXPECT_EQ(settlement.state, RunState::kQueued);
  EXPECT_EQ(settlement.crashes, 1);
  EXPECT_THAT(settlement.message, HasSubstr("not responding at step 120"));
}

TEST(AttemptOutcome, AStopOnRequestIsNoCrash) {
  AttemptOutcome outcome = exited(75);
  outcome.cause = StopCause::kRequest;

  EXPECT_EQ(settle(outcome), (Settlement{RunState::kStopped, "stopped at step 120", 0, 0}));
}

TEST(AttemptOutcome, AForcedStopSaysSo) {
  AttemptOutcome outcome = signaled(9);
  outcome.cause = StopCause::kRequest;
  outcome.was_forced = true;

  const Settlement settlement = settle(outcome);

  EXPECT_EQ(settlement.state, RunState::kStopped);
  EXPECT_THAT(settlement.message, HasSubstr("stopped by force"));
}

TEST(AttemptOutcome, TheTimeLimitStopsARun) {
  RunRecord run = runningRun();
  run.resources.time_limit_s = 7200;
  AttemptOutcome outcome = exited(75);
  outcome.cause = StopCause::kTimeLimit;

  const Settlement settlement = settleAttempt(run, outcome, RetryPolicy{}, kNow);

  EXPECT_EQ(settlement.state, RunState::kStopped);
  EXPECT_THAT(settlement.message, HasSubstr("time limit of 2 h"));
}

TEST(AttemptOutcome, ARunThatFinishesWhileItIsStoppedHasFinished) {
  AttemptOutcome outcome = exited(0);
  outcome.end_status = "finished";
  outcome.cause = StopCause::kRequest;

  EXPECT_EQ(settle(outcome).state, RunState::kFinished);
}

TEST(AttemptOutcome, ALostAttemptIsSettledFromItsLastEvent) {
  AttemptOutcome outcome = lost();
  outcome.end_status = "diverged";
  outcome.end_exit_code = 2;

  EXPECT_EQ(settle(outcome).state, RunState::kDiverged);
}

TEST(AttemptOutcome, ALostAttemptWithoutAnEndIsACrash) {
  const Settlement settlement = settle(lost());

  EXPECT_EQ(settlement.state, RunState::kQueued);
  EXPECT_EQ(settlement.crashes, 1);
  EXPECT_THAT(settlement.message, HasSubstr("lost"));
}

TEST(AttemptOutcome, AnAttemptThatNeverBeganIsNotCounted) {
  AttemptOutcome outcome = lost();
  outcome.has_opened = false;

  const Settlement settlement = settle(outcome, 1);

  EXPECT_EQ(settlement.state, RunState::kQueued);
  EXPECT_EQ(settlement.crashes, 1);
  EXPECT_EQ(settlement.not_before_ms, 0);
}

TEST(AttemptOutcome, ARebootIsNotCounted) {
  AttemptOutcome outcome = lost();
  outcome.ending = Ending::kRebooted;

  const Settlement settlement = settle(outcome, 2);

  EXPECT_EQ(settlement.state, RunState::kQueued);
  EXPECT_EQ(settlement.crashes, 2);
  EXPECT_THAT(settlement.message, HasSubstr("restart of the machine"));
}

TEST(RetryDelay, DoublesUpToTheLongest) {
  RetryPolicy policy;
  policy.first_delay = std::chrono::milliseconds(100);
  policy.longest_delay = std::chrono::milliseconds(500);

  EXPECT_EQ(retryDelay(policy, 1).count(), 100);
  EXPECT_EQ(retryDelay(policy, 2).count(), 200);
  EXPECT_EQ(retryDelay(policy, 3).count(), 400);
  EXPECT_EQ(retryDelay(policy, 4).count(), 500);
  EXPECT_EQ(retryDelay(policy, 1'000'000).count(), 500);
}

TEST(SignalName, KnowsTheCommonOnesAndNumbersTheRest) {
  EXPECT_EQ(signalName(9), "SIGKILL");
  EXPECT_EQ(signalName(15), "SIGTERM");
  EXPECT_EQ(signalName(25), "SIGXFSZ");
  EXPECT_EQ(signalName(40), "signal 40");
  EXPECT_EQ(signalName(-1), "signal -1");
}

}  // namespace
}  // namespace retort
