#include "storage/metric_store.h"

#include "tests/storage/store_fixture.h"

#include <cmath>

namespace retort::storage {
namespace {

class MetricStoreTest : public StoreTest {
 protected:
  MetricStoreTest() {
    expectOk(
        ingest(runId(1),
               {openEvent(runId(1), 1),
                metricsEvent(1, 1, {{lossSeries(), 3.0}, {gradientSeries(1, "q"), 10.0}}, 100),
                metricsEvent(1, 2, {{lossSeries(), 1.0}}, 200),
                metricsEvent(1, 3, {{lossSeries(), kNaN}, {gradientSeries(0, "v"), 20.0}}, 300),
                metricsEvent(1, 4, {{lossSeries(), 2.0}}, 400)}));
  }

  MetricStore& metrics() { return store_.metrics(); }

  std::int64_t lossId() {
    return valueOf(metrics().series(runId(1), "train.loss")).at(0).series_id;
  }
};

TEST_F(MetricStoreTest, ListsCurvesSortedByKey) {
  const auto all = valueOf(metrics().series(runId(1)));
  const auto gradients = valueOf(metrics().series(runId(1), "grad_norm"));

  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].key, gradientSeries(0, "v"));
  EXPECT_EQ(all[1].key, gradientSeries(1, "q"));
  EXPECT_EQ(all[2].key, lossSeries());
  EXPECT_EQ(gradients.size(), 2U);
  EXPECT_TRUE(valueOf(metrics().series(runId(2))).empty());
}

TEST_F(MetricStoreTest, NamesTheMetricsOfRuns) {
  expectOk(ingest(runId(2), {openEvent(runId(2), 1), lossEvent(1, 1, 1.0)}));

  EXPECT_EQ(valueOf(metrics().metricNames({runId(1), runId(2)})),
            (std::vector<std::string>{"grad_norm", "train.loss"}));
  EXPECT_EQ(valueOf(metrics().metricNames({runId(2)})), std::vector<std::string>{"train.loss"});
  EXPECT_TRUE(valueOf(metrics().metricNames({})).empty());
}

TEST_F(MetricStoreTest, FollowsACurveFromAStep) {
  const auto fresh = valueOf(metrics().points(lossId(), 2));

  ASSERT_EQ(fresh.size(), 2U);
  EXPECT_EQ(fresh[0].step, 3);
  EXPECT_TRUE(std::isnan(fresh[0].value));
  EXPECT_EQ(fresh[1], (Point{4, 2.0}));
  EXPECT_TRUE(valueOf(metrics().points(lossId(), 4)).empty());
  EXPECT_EQ(valueOf(metrics().points(lossId())).size(), 4U);
  EXPECT_TRUE(valueOf(metrics().points(9999)).empty());
}

TEST_F(MetricStoreTest, GivesTheTimeOfEachStep) {
  EXPECT_EQ(valueOf(metrics().stepTimes(runId(1), 2)), (std::vector<StepTime>{{3, 300}, {4, 400}}));
  EXPECT_EQ(valueOf(metrics().stepTimes(runId(1))).size(), 4U);
}

TEST_F(MetricStoreTest, GivesTheLatestPointOfEveryCurve) {
  const auto latest = valueOf(metrics().latest(runId(1)));
  const auto gradients = valueOf(metrics().latest(runId(1), "grad_norm"));

  ASSERT_EQ(latest.size(), 3U);
  EXPECT_EQ(latest[0], std::pair(gradientSeries(0, "v"), Point{3, 20.0}));
  EXPECT_EQ(latest[1], std::pair(gradientSeries(1, "q"), Point{1, 10.0}));
  EXPECT_EQ(latest[2], std::pair(lossSeries(), Point{4, 2.0}));
  EXPECT_EQ(gradients.size(), 2U);
}

TEST_F(MetricStoreTest, SummarizesWithoutNaN) {
  const auto summaries = valueOf(metrics().summaries({runId(1), runId(2)}, "train.loss"));

  ASSERT_EQ(summaries.size(), 1U);
  EXPECT_EQ(
      summaries[0],
      (SeriesSummary{runId(1), lossSeries(), 4, Point{4, 2.0}, Point{2, 1.0}, Point{1, 3.0}}));
}

TEST_F(MetricStoreTest, SummariesNameTheFirstStepOfAnExtreme) {
  expectOk(ingest(runId(2),
                  {openEvent(runId(2), 1),
                   lossEvent(1, 1, 5.0),
                   lossEvent(1, 2, 1.0),
                   lossEvent(1, 3, 5.0),
                   lossEvent(1, 4, 1.0)}));

  const auto summary = valueOf(metrics().summaries({runId(2)}, "train.loss")).at(0);

  EXPECT_EQ(summary.min, (Point{2, 1.0}));
  EXPECT_EQ(summary.max, (Point{1, 5.0}));
  EXPECT_EQ(summary.last, (Point{4, 1.0}));
}

TEST_F(MetricStoreTest, ACurveOfNothingButNaNHasNoExtremes) {
  expectOk(ingest(runId(2), {openEvent(runId(2), 1), lossEvent(1, 1, kNaN)}));

  const auto summary = valueOf(metrics().summaries({runId(2)}, "train.loss")).at(0);

  EXPECT_EQ(summary.count, 1);
  EXPECT_EQ(summary.min, std::nullopt);
  EXPECT_EQ(summary.max, std::nullopt);
  EXPECT_TRUE(std::isnan(summary.last.value));
}

TEST_F(MetricStoreTest, InfinitiesAreExtremes) {
  expectOk(
      ingest(runId(2), {openEvent(runId(2), 1), lossEvent(1, 1, 1.0), lossEvent(1, 2, kInfinity)}));

  EXPECT_EQ(valueOf(metrics().summaries({runId(2)}, "train.loss")).at(0).max,
            (Point{2, kInfinity}));
}

TEST_F(MetricStoreTest, ExportsEveryPointInOrder) {
  std::vector<std::string> rows;
  expectOk(metrics().forEachPoint({runId(2), runId(1)}, std::nullopt, [&](const MetricRow& row) {
    rows.push_back(row.key.metric + " " + std::to_string(row.point.step) + " " +
                   std::to_string(row.time_ms));
    EXPECT_EQ(row.run_id, runId(1));
    return true;
  }));

  EXPECT_EQ(rows,
            (std::vector<std::string>{"grad_norm 3 300",
                                      "grad_norm 1 100",
                                      "train.loss 1 100",
                                      "train.loss 2 200",
                                      "train.loss 3 300",
                                      "train.loss 4 400"}));
}

TEST_F(MetricStoreTest, ExportStopsWhenTheConsumerHasEnough) {
  int rows = 0;
  expectOk(metrics().forEachPoint(
      {runId(1)}, "train.loss", [&](const MetricRow&) { return ++rows < 2; }));

  EXPECT_EQ(rows, 2);
}

TEST_F(MetricStoreTest, ExportReadsLongCurvesInPieces) {
  std::vector<Event> events = {openEvent(runId(2), 1)};
  for (int step = 1; step <= 10000; ++step) {
    events.push_back(lossEvent(1, step, step * 0.5));
  }
  expectOk(ingest(runId(2), events));
  std::int64_t expected_step = 1;

  expectOk(metrics().forEachPoint({runId(2)}, "train.loss", [&](const MetricRow& row) {
    EXPECT_EQ(row.point.step, expected_step);
    EXPECT_EQ(row.point.value, static_cast<double>(expected_step) * 0.5);
    ++expected_step;
    return true;
  }));

  EXPECT_EQ(expected_step, 10001);
}

TEST_F(MetricStoreTest, TheConsumerMayUseTheStore) {
  expectOk(metrics().forEachPoint({runId(1)}, "train.loss", [&](const MetricRow& row) {
    return !valueOf(metrics().points(lossId(), row.point.step - 1)).empty();
  }));
}

class MetricViews : public ::testing::Test {
 protected:
  MetricViews() {
    WorkspaceStore store = valueOf(WorkspaceStore::open(folder_.path(), Access::kCreate));
    EXPECT_TRUE(valueOf(store.runs().insertIfNew(submittedRun(1), 1)));
    EventBatch batch;
    batch.run_id = runId(1);
    batch.after = {10, 1, "h"};
    batch.events = {openEvent(runId(1), 1),
                    metricsEvent(1, 1, {{lossSeries(), 0.5}, {gradientSeries(2, "q"), 4.0}}, 111),
                    metricsEvent(1, 2, {{lossSeries(), kNaN}}, 222)};
    expectOk(store.ingest().append(batch));
    database_ = rawDatabase(folder_.path());
  }

  TempFolder folder_;
  std::unique_ptr<Database> database_;
};

TEST_F(MetricViews, MetricsShowPointsWithTheirTimesAndNaNAsNull) {
  EXPECT_EQ(countOf(*database_, "SELECT count(*) FROM v_metrics"), 3);
  EXPECT_EQ(countOf(*database_,
                    "SELECT count(*) FROM v_metrics WHERE metric = 'train.loss' AND step = 2 AND "
                    "value IS NULL AND time_ms = 222 AND layer IS NULL AND projection = ''"),
            1);
  EXPECT_EQ(countOf(*database_, "SELECT layer FROM v_metrics WHERE projection = 'q'"), 2);
}

TEST_F(MetricViews, FinalShowsOneRowACurve) {
  EXPECT_EQ(countOf(*database_, "SELECT count(*) FROM v_final"), 2);
  EXPECT_EQ(countOf(*database_,
                    "SELECT count(*) FROM v_final WHERE metric = 'train.loss' AND points = 2 AND "
                    "last_step = 2 AND last_value IS NULL AND min_value = 0.5 AND max_value = 0.5"),
            1);
}

TEST_F(MetricViews, OneCurveIsReadByItsKeyAlone) {
  const auto plan = valueOf(readAll(
      *database_,
      "EXPLAIN QUERY PLAN SELECT step, value FROM v_metrics WHERE run_id = '1' AND metric = 'm'",
      [](Statement& row) {
        (void)row.takeInteger();
        (void)row.takeInteger();
        (void)row.takeInteger();
        return row.takeText();
      }));

  for (const std::string& step : plan) {
    EXPECT_EQ(step.find("SCAN"), std::string::npos) << step;
  }
}

}  // namespace
}  // namespace retort::storage
