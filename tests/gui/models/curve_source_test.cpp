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

class CurveSourceTest : public testing::Test {
 protected:
  CurveSourceTest() : store_(workspace_.create()) {
    TestWorkspace::add(store_, "run1", "one");
    TestWorkspace::add(store_, "run2", "two");
  }

  /// Reads in this thread, as the source would in its own.
  void readInto(CurveSource& source) {
    const auto answer = readSeries(store_, source.query());
    ASSERT_TRUE(answer) << answer.error().message;
    source.apply(*answer);
  }

  static std::vector<Sample> samplesOf(const CurveSource& source,
                                       const std::string& run_id,
                                       const std::string& metric) {
    const auto& series = source.seriesOf(run_id);
    const auto found = series.find(SeriesKey{.metric = metric});
    return found == series.end() ? std::vector<Sample>() : found->second->samples();
  }

  TestWorkspace workspace_;
  storage::WorkspaceStore store_;
};

TEST_F(CurveSourceTest, ReadsAndThenAppendsInPlace) {
  MetricWriter writer(store_, "run1");
  writer.open(1, -1);
  writer.add(0, "train.loss", 3);
  writer.commit();
  CurveSource source(workspace_.folder());
  source.follow({"run1"}, {"train.loss"});
  EXPECT_TRUE(source.isLoading());
  const QSignalSpy changed(&source, &CurveSource::seriesChanged);
  const QSignalSpy grown(&source, &CurveSource::grown);
  readInto(source);
  EXPECT_FALSE(source.isLoading());
  EXPECT_EQ(changed.count(), 1);
  const auto data = source.seriesOf("run1").at(SeriesKey{.metric = "train.loss"});
  writer.add(10, "train.loss", 2);
  writer.commit();
  readInto(source);
  EXPECT_EQ(grown.count(), 1);
  EXPECT_EQ(changed.count(), 1);
  EXPECT_EQ(data->samples(), (std::vector<Sample>{{0, 3}, {10, 2}}));
  readInto(source);
  EXPECT_EQ(grown.count(), 1);
}

TEST_F(CurveSourceTest, ReadsAResumedCurveAgain) {
  MetricWriter writer(store_, "run1");
  writer.open(1, -1);
  for (int step = 0; step <= 50; step += 10) {
    writer.add(step, "train.loss", 1);
  }
  writer.commit();
  CurveSource source(workspace_.folder());
  source.follow({"run1"}, {"train.loss"});
  readInto(source);
  const QSignalSpy changed(&source, &CurveSource::seriesChanged);
  writer.open(2, 20);
  writer.add(30, "train.loss", 2);
  writer.commit();
  readInto(source);
  EXPECT_EQ(changed.count(), 1);
  EXPECT_EQ(samplesOf(source, "run1", "train.loss"),
            (std::vector<Sample>{{0, 1}, {10, 1}, {20, 1}, {30, 2}}));
}

TEST_F(CurveSourceTest, ForgetsTheCurvesOfARemovedRun) {
  MetricWriter writer(store_, "run1");
  writer.open(1, -1);
  writer.add(0, "train.loss", 3);
  writer.commit();
  CurveSource source(workspace_.folder());
  source.follow({"run1"}, {"train.loss"});
  readInto(source);
  ASSERT_TRUE(store_.runs().remove("run1"));
  readInto(source);
  EXPECT_TRUE(source.seriesOf("run1").empty());
  EXPECT_TRUE(source.seriesOf("never heard of").empty());
}

TEST_F(CurveSourceTest, FollowsOnlyWhatIsAskedForAndKnowsTheRest) {
  MetricWriter writer(store_, "run1");
  writer.open(1, -1);
  writer.add(0, "train.loss", 3);
  writer.add(0, "learning_rate", std::nan(""));
  writer.commit();
  CurveSource source(workspace_.folder());
  source.follow({"run1", "run2"}, {"train.loss"});
  readInto(source);
  EXPECT_EQ(source.metricNames(), (std::vector<std::string>{"learning_rate", "train.loss"}));
  EXPECT_EQ(source.seriesOf("run1").size(), 1u);
  source.follow({"run1"}, {"learning_rate"});
  readInto(source);
  EXPECT_TRUE(samplesOf(source, "run1", "train.loss").empty());
  ASSERT_EQ(samplesOf(source, "run1", "learning_rate").size(), 1u);
  EXPECT_TRUE(std::isnan(samplesOf(source, "run1", "learning_rate")[0].y));
}

TEST_F(CurveSourceTest, ReadsInItsOwnThread) {
  MetricWriter writer(store_, "run1");
  writer.open(1, -1);
  writer.add(0, "train.loss", 3);
  writer.commit();
  CurveSource source(workspace_.folder());
  QSignalSpy changed(&source, &CurveSource::seriesChanged);
  source.follow({"run1"}, {"train.loss"});
  ASSERT_TRUE(changed.wait(kPatienceMs));
  QSignalSpy grown(&source, &CurveSource::grown);
  writer.add(1, "train.loss", 2);
  writer.commit();
  source.refresh();
  source.refresh();
  ASSERT_TRUE(grown.wait(kPatienceMs));
  EXPECT_EQ(samplesOf(source, "run1", "train.loss").size(), 2u);
}

TEST_F(CurveSourceTest, KeepsWhatItHasWhenTheWorkspaceIsPulledAway) {
  MetricWriter writer(store_, "run1");
  writer.open(1, -1);
  writer.add(0, "train.loss", 3);
  writer.commit();
  CurveSource source(workspace_.folder());
  QSignalSpy changed(&source, &CurveSource::seriesChanged);
  source.follow({"run1"}, {"train.loss"});
  ASSERT_TRUE(changed.wait(kPatienceMs));
  std::filesystem::remove_all(workspace_.folder());
  QSignalSpy failed(&source, &CurveSource::readFailed);
  source.refresh();
  ASSERT_TRUE(failed.wait(kPatienceMs));
  EXPECT_FALSE(failed.first().first().toString().isEmpty());
  EXPECT_EQ(samplesOf(source, "run1", "train.loss").size(), 1u);
}

}  // namespace
}  // namespace retort::gui
