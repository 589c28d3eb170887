#include "trainers/probes/throughput.h"

#include <gtest/gtest.h>

namespace retort::train {

namespace {

TEST(ThroughputPoints, GiveTimeAndTokensPerSecond) {
  const std::vector<MetricPoint> points = throughputPoints(0.25, 100);

  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(points[0].series.metric, "step_time");
  EXPECT_EQ(points[0].value, 0.25);
  EXPECT_EQ(points[1].series.metric, "tokens_per_second");
  EXPECT_EQ(points[1].value, 400);
}

TEST(ThroughputPoints, AreNoneBeforeAStepWasTimed) {
  EXPECT_TRUE(throughputPoints(0, 0).empty());
}

TEST(ThroughputProbe, DeclaresThatItsNumbersDifferEachTime) {
  for (const MetricSpec& metric : throughputProbe().metrics) {
    EXPECT_FALSE(metric.is_deterministic) << metric.name;
  }
}

}  // namespace

}  // namespace retort::train
