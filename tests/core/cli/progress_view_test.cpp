#include "core/cli/views/progress_view.h"

#include "core/tables/text_width.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

namespace retort::cli {
namespace {

using ::testing::HasSubstr;

RunProgress running(const std::string& name) {
  RunProgress run;
  run.run_id = name;
  run.name = name;
  run.state = RunState::kRunning;
  run.step = 450;
  run.total_steps = 1000;
  run.steps_per_second = 12.34;
  run.seconds_left = 45;
  run.loss = 0.1234;
  return run;
}

GridProgress grid(std::vector<RunProgress> runs) {
  GridProgress progress;
  progress.title = "losses";
  progress.now_ms = 1'795'338'611'000;
  progress.runs = std::move(runs);
  progress.total = progress.runs.size();
  for (const RunProgress& run : progress.runs) {
    ++progress.counts[run.state];
  }
  return progress;
}

class ProgressView : public ::testing::Test {
 protected:
  void SetUp() override {
    setenv("TZ", "UTC", 1);
    tzset();
  }
};

TEST_F(ProgressView, ShowsBarStepsRateTimeAndLoss) {
  EXPECT_EQ(renderRunLine(running("loss=map"), 100, 8),
            "loss=map ▕█████▍      ▏ 45 %  450/1000  12.3/s  0:45 left loss 0.123");
}

TEST_F(ProgressView, ShowsThePhaseUntilThereIsARate) {
  RunProgress run = running("loss=map");
  run.steps_per_second.reset();
  run.seconds_left.reset();
  run.loss.reset();
  run.step = 0;
  run.total_steps = 0;
  run.phase = "load";

  EXPECT_EQ(renderRunLine(run, 100, 8),
            "loss=map ▕            ▏              –               load");
}

TEST_F(ProgressView, LeavesRoomForNamesOnNarrowTerminals) {
  const RunProgress run = running("distill=map freeze=ov seed=2");

  EXPECT_EQ(renderRunLine(run, 79, chooseNameWidth({&run}, 79)),
            "distill=map freeze=ov seed=2 ▕██▋   ▏  450/1000  12.3/s  0:45 left loss 0.123");
  EXPECT_EQ(renderRunLine(run, 60, chooseNameWidth({&run}, 60)).rfind("…ov seed=2 ▕", 0), 0U);
}

TEST_F(ProgressView, NeverExceedsTheWidth) {
  RunProgress run = running(std::string(300, 'x') + "注意");
  run.state = RunState::kStopping;
  run.steps_per_second = 123456.0;
  for (const std::size_t width : {20U, 40U, 79U, 200U}) {
    EXPECT_LE(displayWidth(renderRunLine(run, width, 20)), width);
    for (const std::string& line : renderProgressBlock(grid({run, run}), 0, width, 10)) {
      EXPECT_LE(displayWidth(line), width);
    }
  }
}

TEST_F(ProgressView, CountsAboveTheRunningRuns) {
  GridProgress progress = grid({running("a"), running("b"), RunProgress{}});

  const auto lines = renderProgressBlock(progress, progress.now_ms - 83'000, 100, 10);

  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0], "losses: 0 of 3 finished, 2 running, 1 queued  1:23");
}

TEST_F(ProgressView, CountsWhatDoesNotFit) {
  std::vector<RunProgress> runs(400, running("r"));

  const auto lines = renderProgressBlock(grid(runs), 0, 100, 6);

  ASSERT_EQ(lines.size(), 6U);
  EXPECT_EQ(lines.back(), "… and 396 more running");
}

TEST_F(ProgressView, ReportsChangesOfState) {
  GridProgress before = grid({running("a"), running("b")});
  GridProgress after = before;
  after.runs[0].state = RunState::kFailed;
  after.runs[0].message = "no file data\x1b[2J";

  const auto lines = renderChanges(before, after);

  ASSERT_EQ(lines.size(), 1U);
  EXPECT_THAT(lines[0], HasSubstr("09:10:11 a failed: no file data"));
  EXPECT_THAT(lines[0], testing::Not(HasSubstr("\x1b")));
}

TEST_F(ProgressView, ReportsRunsThatWereThereBeforeOnce) {
  const GridProgress progress = grid({running("a"), RunProgress{}});

  EXPECT_EQ(renderChanges({}, progress).size(), 1U);
  EXPECT_TRUE(renderChanges(progress, progress).empty());
}

TEST_F(ProgressView, TellsTroublesFromWhatWentWell) {
  const GridProgress before = grid({running("a"), running("b"), running("c")});
  GridProgress after = before;
  after.runs[0].state = RunState::kFinished;
  after.runs[1].state = RunState::kDiverged;
  after.runs[2].state = RunState::kStopping;

  EXPECT_EQ(renderTroubles(before, after), std::vector<std::string>{"09:10:11 b diverged"});
}

TEST_F(ProgressView, SumsUpInOneLine) {
  EXPECT_EQ(
      renderSummaryLine(grid({running("a")})),
      "09:10:11 0 of 1 finished, 1 running; a step 450/1000 at 12.3/s, 0:45 left, loss 0.123");
  EXPECT_THAT(renderSummaryLine(grid(std::vector<RunProgress>(9, running("a")))),
              HasSubstr("and 5 more"));
}

}  // namespace
}  // namespace retort::cli
