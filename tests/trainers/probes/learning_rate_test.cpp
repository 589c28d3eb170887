#include "trainers/probes/learning_rate.h"

#include <gtest/gtest.h>

namespace retort::train {

namespace {

TEST(LearningRateProbe, ReportsTheRateOfTheUpdate) {
  std::vector<MetricPoint> points;

  learningRateProbe().measure({.learning_rate = 2e-5}, points);

  ASSERT_EQ(points.size(), 1U);
  EXPECT_EQ(points[0].series, (SeriesKey{.metric = "learning_rate"}));
  EXPECT_EQ(points[0].value, 2e-5);
}

}  // namespace

}  // namespace retort::train
