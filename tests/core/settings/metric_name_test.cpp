#include "core/settings/metric_name.h"

#include <gtest/gtest.h>

namespace retort {
namespace {

TEST(MetricNameTest, OfOneCurve) {
  const MetricName name = parseMetricName("grad_norm[layer=3,projection=q]");

  EXPECT_EQ(name.curve, "grad_norm[layer=3,projection=q]");
  EXPECT_EQ(name.metric, "grad_norm");
  EXPECT_FALSE(name.combination.has_value());
}

TEST(MetricNameTest, OfSeveralCurvesAsOne) {
  const MetricName name = parseMetricName("max(grad_spike_max[projection=o])");

  EXPECT_EQ(name.curve, "grad_spike_max[projection=o]");
  EXPECT_EQ(name.metric, "grad_spike_max");
  EXPECT_EQ(name.combination, Combination::kMaximum);
  EXPECT_EQ(parseMetricName("mean(eval.loss)").combination, Combination::kMean);
  EXPECT_EQ(parseMetricName("sum(grad_alarms)").combination, Combination::kSum);
}

TEST(MetricNameTest, LeavesWhatIsNoSuchNameAsItIs) {
  for (const char* text : {"median(loss)", "max(loss", "(loss)", ""}) {
    const MetricName name = parseMetricName(text);
    EXPECT_EQ(name.curve, text);
    EXPECT_FALSE(name.combination.has_value());
  }
}

}  // namespace
}  // namespace retort
