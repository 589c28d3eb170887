#include "gui/models/metric_pattern.h"

#include <gtest/gtest.h>

namespace retort::gui {
namespace {

using Names = std::vector<std::string>;

TEST(MetricPatternTest, NamesStandInTheOrderOfThePatterns) {
  const Names available = {"a", "grad_norm", "grad_rms", "teacher.grad_norm"};
  EXPECT_EQ(matchingMetrics({"grad_rms", "a", "none"}, available), (Names{"grad_rms", "a"}));
  EXPECT_EQ(matchingMetrics({"grad_rms", "grad_*"}, available), (Names{"grad_rms", "grad_norm"}));
  EXPECT_EQ(matchingMetrics({"*"}, available), available);
}

TEST(MetricPatternTest, AMinusTakesAway) {
  const Names available = {"eval.accuracy", "eval.loss", "eval.loss_total"};
  EXPECT_EQ(matchingMetrics({"eval.*", "-eval.loss"}, available),
            (Names{"eval.accuracy", "eval.loss_total"}));
  EXPECT_EQ(matchingMetrics({"-eval.loss*", "eval.*"}, available), (Names{"eval.accuracy"}));
}

}  // namespace
}  // namespace retort::gui
