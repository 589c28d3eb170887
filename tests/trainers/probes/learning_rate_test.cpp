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

TEST(LearningRateProbe, ReportsTheRateOfQuantizersWhereTheyLearn) {
  std::vector<MetricPoint> points;

  learningRateProbe().measure({.learning_rate = 2e-5, .quantizer_learning_rate = 1e-4}, points);

  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(points[1].series, (SeriesKey{.metric = "quantizer_learning_rate"}));
  EXPECT_EQ(points[1].value, 1e-4);
}

}  // namespace

}  // namespace retort::train
