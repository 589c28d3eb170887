#include "core/cli/run_progress.h"

#include "tests/core/cli/store_fixture.h"

namespace retort::cli {
namespace {

class RunProgressLoader : public LossStore {};

TEST_F(RunProgressLoader, CountsStatesInTheGivenOrder) {
  setState(kMap1, RunState::kFailed, "no such file");

  const auto progress = loadProgress(*store_, "losses", {kMap1, kScore1, "ffffffffffffffff"});

  ASSERT_TRUE(progress.has_value());
  EXPECT_EQ(progress->total, 2U);
  EXPECT_EQ(progress->runs[0].run_id, kMap1);
  EXPECT_EQ(progress->runs[0].message, "no such file");
  EXPECT_EQ(progress->count(RunState::kQueued), 1U);
  EXPECT_EQ(countsText(*progress), "0 of 2 finished, 1 queued, 1 failed");
  EXPECT_FALSE(progress->isSettled());
}

TEST_F(RunProgressLoader, MeasuresRateLossAndTimeLeftOfRunningRuns) {
  ingest(kMap1,
         {other("open", {{"protocol", 1}, {"run", kMap1}, {"from_step", -1}}),
          other("phase", {{"name", "kd_qat"}, {"total_steps", 100}}),
          point("train.loss", 10, 2.0),
          point("train.loss", 20, 1.5)});  // ten steps in one second
  setState(kMap1, RunState::kRunning);

  const auto progress = loadProgress(*store_, "losses", {kMap1});

  const RunProgress& run = progress->runs[0];
  EXPECT_EQ(run.step, 20);
  EXPECT_EQ(run.total_steps, 100);
  EXPECT_DOUBLE_EQ(*run.steps_per_second, 10);
  EXPECT_DOUBLE_EQ(*run.seconds_left, 8);
  EXPECT_EQ(run.loss, 1.5);
  EXPECT_EQ(progress->active().size(), 1U);
}

TEST_F(RunProgressLoader, OfNoRunsIsEmpty) {
  const auto progress = loadProgress(*store_, "losses", {});

  EXPECT_EQ(progress->total, 0U);
  EXPECT_TRUE(progress->isSettled());
}

TEST_F(RunProgressLoader, IsSettledWhenNothingRunsOrWaits) {
  setState(kMap1, RunState::kFinished);
  setState(kMap2, RunState::kBlocked);
  setState(kScore1, RunState::kPaused);

  EXPECT_TRUE(loadProgress(*store_, "losses", {kMap1, kMap2, kScore1})->isSettled());
}

TEST(ChooseLoss, PrefersTheTrainingLoss) {
  const SeriesKey loss{"train.loss", {}, {}, "", ""};
  const SeriesKey other{"my_loss", {}, {}, "", ""};
  const SeriesKey rate{"learning_rate", {}, {}, "", ""};
  const SeriesKey layered{"train.loss_layer", 1, {}, "", "map"};

  EXPECT_EQ(chooseLoss({rate, other, loss, layered}), loss);
  EXPECT_EQ(chooseLoss({rate, other}), other);
  EXPECT_EQ(chooseLoss({rate}), rate);
  EXPECT_EQ(chooseLoss({layered}), std::nullopt);
}

}  // namespace
}  // namespace retort::cli
