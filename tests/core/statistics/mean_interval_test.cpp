#include "core/statistics/mean_interval.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

namespace retort {
namespace {

TEST(MeanInterval, NeedsTwoValues) {
  EXPECT_FALSE(meanInterval(Summary{}).has_value());
  EXPECT_FALSE(meanInterval(summarize(std::vector<double>{4})).has_value());
  EXPECT_FALSE(spreadOf(summarize(std::vector<double>{4}), Spread::kDeviation).has_value());
}

TEST(MeanInterval, OfTwoValuesFollowsCauchysDistribution) {
  const auto interval = meanInterval(summarize(std::vector<double>{1, 3}), 0.9);

  // With one degree of freedom t = tan(pi * confidence / 2); sd / sqrt(2) = 1.
  const double half = std::tan(std::numbers::pi * 0.9 / 2);
  EXPECT_NEAR(interval->low, 2 - half, 1e-9);
  EXPECT_NEAR(interval->high, 2 + half, 1e-9);
}

TEST(MeanInterval, HasNoWidthWhenAllValuesAreEqual) {
  EXPECT_EQ(meanInterval(summarize(std::vector<double>{5, 5, 5})), (Interval{5, 5}));
}

TEST(MeanInterval, SpreadChoosesDeviationOrInterval) {
  const Summary summary = summarize(std::vector<double>{1, 3});

  EXPECT_FALSE(spreadOf(summary, Spread::kNone).has_value());
  EXPECT_NEAR(spreadOf(summary, Spread::kDeviation)->high, 2 + std::sqrt(2.0), 1e-12);
  EXPECT_EQ(spreadOf(summary, Spread::kInterval, 0.9), meanInterval(summary, 0.9));
}

}  // namespace
}  // namespace retort
