#include "core/plan/run_requests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

namespace retort {
namespace {

using testing::HasSubstr;

RunRecord runIn(RunState state) {
  RunRecord run;
  run.spec.run_id = "0123456789abcdef";
  run.name = "distill=map";
  run.state = state;
  run.crashes = 2;
  run.not_before_ms = 99;
  run.message = "before";
  return run;
}

// What becomes of a run in each state; no value: refused.
struct TransitionCase {
  RunState from;
  RunState stop;
  std::optional<RunState> resume;
  std::optional<RunState> retry;
  std::optional<RunState> pause;
  RunState unpause;
};

class RunRequests : public testing::TestWithParam<TransitionCase> {
 protected:
  static void expectState(const Result<RunRecord>& run, std::optional<RunState> state) {
    ASSERT_EQ(run.has_value(), state.has_value());
    if (run) {
      EXPECT_EQ(run->state, *state) << runStateName(run->state);
    } else {
      EXPECT_EQ(run.error().code, ErrorCode::kUsage);
      EXPECT_THAT(run.error().message, HasSubstr("run 0123456789abcdef (distill=map)"));
    }
  }
};

TEST_P(RunRequests, FollowTheTableOfStates) {
  const TransitionCase& expected = GetParam();
  const RunRecord run = runIn(expected.from);

  EXPECT_EQ(stopRun(run, 7).state, expected.stop);
  expectState(resumeRun(run), expected.resume);
  expectState(retryRun(run), expected.retry);
  expectState(pauseRun(run), expected.pause);
  EXPECT_EQ(unpauseRun(run).state, expected.unpause);
}

using enum RunState;
INSTANTIATE_TEST_SUITE_P(
    States,
    RunRequests,
    testing::Values(
        TransitionCase{kQueued, kStopped, kQueued, kQueued, kPaused, kQueued},
        TransitionCase{kPaused, kStopped, kQueued, kQueued, kPaused, kQueued},
        TransitionCase{kBlocked, kStopped, kBlocked, kBlocked, kPaused, kBlocked},
        TransitionCase{kRunning, kStopping, kRunning, kRunning, std::nullopt, kRunning},
        TransitionCase{kStopping, kStopping, std::nullopt, std::nullopt, std::nullopt, kStopping},
        TransitionCase{kStopped, kStopped, kQueued, kQueued, kStopped, kStopped},
        TransitionCase{kFinished, kFinished, kFinished, std::nullopt, kFinished, kFinished},
        TransitionCase{kDiverged, kDiverged, std::nullopt, kQueued, kDiverged, kDiverged},
        TransitionCase{kFailed, kFailed, kQueued, kQueued, kFailed, kFailed}),
    [](const auto& state) { return std::string(runStateName(state.param.from)); });

TEST(RunRequest, StopKeepsAFinishedRunAsItIs) {
  const RunRecord run = runIn(RunState::kFinished);

  EXPECT_EQ(stopRun(run, 7), run);
}

TEST(RunRequest, StoppingTwiceChangesNothingMore) {
  const RunRecord once = stopRun(runIn(RunState::kRunning), 7);

  EXPECT_EQ(stopRun(once, 8), once);
}

TEST(RunRequest, StopOfAWaitingRunEndsIt) {
  const RunRecord run = stopRun(runIn(RunState::kQueued), 7);

  EXPECT_EQ(run.ended_ms, 7);
  EXPECT_EQ(run.message, "stopped before it started");
}

TEST(RunRequest, ResumeForgetsCrashesAndBackOff) {
  const auto run = resumeRun(runIn(RunState::kFailed));

  ASSERT_TRUE(run.has_value());
  EXPECT_EQ(run->crashes, 0);
  EXPECT_EQ(run->not_before_ms, 0);
  EXPECT_EQ(run->message, "");
  EXPECT_FALSE(run->ended_ms.has_value());
}

TEST(RunRequest, RemovalIsRefusedWhileAProcessLives) {
  EXPECT_FALSE(checkRemovable(runIn(RunState::kRunning)).has_value());
  EXPECT_FALSE(checkRemovable(runIn(RunState::kStopping)).has_value());
  EXPECT_TRUE(checkRemovable(runIn(RunState::kQueued)).has_value());
  EXPECT_TRUE(checkRemovable(runIn(RunState::kFinished)).has_value());
}

TEST(RunRequest, TitleOfANamelessRunIsItsId) {
  RunRecord run = runIn(RunState::kQueued);
  run.name.clear();

  EXPECT_EQ(runTitle(run), "run 0123456789abcdef");
}

}  // namespace
}  // namespace retort
