#include "gui/models/curve_source.h"

#include "tests/gui/metric_writer.h"
#include "tests/gui/test_workspace.h"

#include <QSignalSpy>
#include <QTest>

#include <gtest/gtest.h>

#include <cmath>

namespace retort::gui {
namespace {

constexpr int kPatienceMs = 10'000;

/// A run that has recorded a loss of 3 at step 0, and a source for it that has read nothing yet.
class CurveSourceTest : public testing::Test {
 protected:
  CurveSourceTest() : store_(workspace_.create()) {
    TestWorkspace::add(store_, "run1", "one");
    TestWorkspace::add(store_, "run2", "two");
    writer_.open(1, -1);
    add(0, 3);
  }

  void add(std::int64_t step, double loss) {
    writer_.add(step, "train.loss", loss);
    writer_.commit();
  }

  /// Reads in this thread, as the source would in its own; `most_appended` of new points.
  void read(std::size_t most_appended = SeriesQuery().most_appended) {
    SeriesQuery query = source_.query();
    query.most_appended = most_appended;
    const auto answer = readSeries(store_, query);
    ASSERT_TRUE(answer) << answer.error().message;
    source_.apply(*answer);
  }

  void followLoss() {
    source_.follow({"run1"}, {"train.loss"});
    read();
  }

  /// In its own thread.
  void followLossElsewhere() {
    QSignalSpy changed(&source_, &CurveSource::seriesChanged);
    source_.follow({"run1"}, {"train.loss"});
    ASSERT_TRUE(changed.wait(kPatienceMs));
  }

  [[nodiscard]] std::vector<Sample> samplesOf(const std::string& metric) const {
    const auto& series = source_.seriesOf("run1");
    const auto found = series.find(SeriesKey{.metric = metric});
    return found == series.end() ? std::vector<Sample>() : found->second->samples();
  }

  [[nodiscard]] std::vector<Sample> losses() const { return samplesOf("train.loss"); }

  TestWorkspace workspace_;
  storage::WorkspaceStore store_;
  MetricWriter writer_{store_, "run1"};
  CurveSource source_{workspace_.folder()};
  QSignalSpy changed_{&source_, &CurveSource::seriesChanged};
  QSignalSpy grown_{&source_, &CurveSource::grown};
};

TEST_F(CurveSourceTest, ReadsAndThenAppendsInPlace) {
  source_.follow({"run1"}, {"train.loss"});
  EXPECT_TRUE(source_.isLoading());
  read();
  EXPECT_FALSE(source_.isLoading());
  EXPECT_EQ(changed_.count(), 1);
  const auto data = source_.seriesOf("run1").at(SeriesKey{.metric = "train.loss"});
  add(10, 2);
  read();
  EXPECT_EQ(grown_.count(), 1);
  EXPECT_EQ(changed_.count(), 1);
  EXPECT_EQ(data->samples(), (std::vector<Sample>{{0, 3}, {10, 2}}));
  read();
  EXPECT_EQ(grown_.count(), 1);
}

TEST_F(CurveSourceTest, ReadsAResumedCurveAgain) {
  for (int step = 10; step <= 50; step += 10) {
    writer_.add(step, "train.loss", 1);
  }
  writer_.commit();
  followLoss();
  writer_.open(2, 20);
  add(30, 2);
  read();
  EXPECT_EQ(changed_.count(), 2);
  EXPECT_EQ(losses(), (std::vector<Sample>{{0, 3}, {10, 1}, {20, 1}, {30, 2}}));
}

TEST_F(CurveSourceTest, ReadsACurveAgainThatHasGrownByMuch) {
  followLoss();
  const auto before = source_.seriesOf("run1").at(SeriesKey{.metric = "train.loss"});
  for (int step = 1; step <= 3; ++step) {
    add(step, 3 - step);
  }
  read(2);
  EXPECT_EQ(changed_.count(), 2);
  EXPECT_EQ(before->size(), 1u);  // what is drawn is left alone
  EXPECT_EQ(losses(), (std::vector<Sample>{{0, 3}, {1, 2}, {2, 1}, {3, 0}}));
}

TEST_F(CurveSourceTest, TellsWhenTheStepsWereReported) {
  followLoss();
  EXPECT_TRUE(source_.clockOf("run1")->isEmpty());
  source_.follow({"run1"}, {"train.loss"}, true);
  read();
  EXPECT_EQ(changed_.count(), 2);
  std::size_t hint = 0;
  const auto clock = source_.clockOf("run1");
  EXPECT_DOUBLE_EQ(clock->secondsAt(0, XQuantity::kClock, hint), 0.001);  // as the writer says
  EXPECT_TRUE(source_.clockOf("never heard of")->isEmpty());
  add(1, 2);
  read();
  EXPECT_EQ(clock, source_.clockOf("run1"));
  writer_.open(2, -1);
  writer_.commit();
  read();
  EXPECT_TRUE(source_.clockOf("run1")->isEmpty());
}

TEST_F(CurveSourceTest, ForgetsTheCurvesOfARemovedRun) {
  followLoss();
  ASSERT_TRUE(store_.runs().remove("run1"));
  read();
  EXPECT_TRUE(source_.seriesOf("run1").empty());
  EXPECT_TRUE(source_.seriesOf("never heard of").empty());
}

TEST_F(CurveSourceTest, FollowsOnlyWhatIsAskedForAndKnowsTheRest) {
  writer_.add(0, "learning_rate", std::nan(""));
  writer_.commit();
  source_.follow({"run1", "run2"}, {"train.loss"});
  read();
  EXPECT_EQ(source_.metricNames(), (std::vector<std::string>{"learning_rate", "train.loss"}));
  EXPECT_EQ(source_.seriesOf("run1").size(), 1u);
  source_.follow({"run1"}, {"learning_rate"});
  read();
  EXPECT_TRUE(losses().empty());
  ASSERT_EQ(samplesOf("learning_rate").size(), 1u);
  EXPECT_TRUE(std::isnan(samplesOf("learning_rate")[0].y));
}

TEST_F(CurveSourceTest, ReadsInItsOwnThread) {
  followLossElsewhere();
  add(1, 2);
  source_.refresh();
  source_.refresh();
  ASSERT_TRUE(grown_.wait(kPatienceMs));
  EXPECT_EQ(losses().size(), 2u);
}

TEST_F(CurveSourceTest, KeepsWhatItHasWhenTheWorkspaceIsPulledAway) {
  followLossElsewhere();
  std::filesystem::remove_all(workspace_.folder());
  QSignalSpy failed(&source_, &CurveSource::readFailed);
  source_.refresh();
  ASSERT_TRUE(failed.wait(kPatienceMs));
  EXPECT_FALSE(failed.first().first().toString().isEmpty());
  EXPECT_EQ(losses().size(), 1u);
}

}  // namespace
}  // namespace retort::gui
