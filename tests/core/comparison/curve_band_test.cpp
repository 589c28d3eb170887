#include "core/comparison/curve_band.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace retort {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(CurveBand, IsEmptyWithoutCurves) {
  EXPECT_TRUE(bandOf({}, Spread::kDeviation).empty());
  EXPECT_TRUE(bandOf({{}, {}}, Spread::kDeviation).empty());
}

TEST(CurveBand, AveragesAtEqualSteps) {
  const auto band = bandOf({{{0, 1}, {10, 2}}, {{0, 3}, {10, 6}}}, Spread::kDeviation);

  ASSERT_EQ(band.size(), 2U);
  EXPECT_EQ(band[1].step, 10);
  EXPECT_EQ(band[1].summary.n, 2U);
  EXPECT_DOUBLE_EQ(*band[1].summary.mean, 4);
  // The deviation of 2 and 6 is the square root of 8.
  EXPECT_NEAR(band[1].spread->low, 4 - std::sqrt(8.0), 1e-12);
  EXPECT_NEAR(band[1].spread->high, 4 + std::sqrt(8.0), 1e-12);
}

TEST(CurveBand, NeverInterpolates) {
  const auto band = bandOf({{{0, 1}, {2, 3}}, {{1, 7}}}, Spread::kDeviation);

  ASSERT_EQ(band.size(), 3U);
  EXPECT_EQ(band[1].step, 1);
  EXPECT_DOUBLE_EQ(*band[1].summary.mean, 7);
  EXPECT_FALSE(band[1].spread.has_value());
}

TEST(CurveBand, LeavesAGapWhereNothingIsFinite) {
  const auto band =
      bandOf({{{0, 1}, {1, kNan}, {2, 5}}, {{0, 3}, {1, kInfinity}, {2, kNan}}}, Spread::kInterval);

  ASSERT_EQ(band.size(), 3U);
  EXPECT_EQ(band[1].summary.n, 0U);
  EXPECT_FALSE(band[1].summary.mean.has_value());
  EXPECT_EQ(band[2].summary.n, 1U);
  EXPECT_DOUBLE_EQ(*band[2].summary.mean, 5);
}

TEST(CurveBand, TakesStudentsIntervalOfThreeRuns) {
  const auto band = bandOf({{{0, 1}}, {{0, 2}}, {{0, 3}}}, Spread::kInterval, 0.95);

  // t(2, 0.975) = sqrt(2 * 0.95^2 / (1 - 0.95^2)), the closed form for two degrees of freedom.
  const double t = std::sqrt(2 * 0.95 * 0.95 / (1 - 0.95 * 0.95));
  EXPECT_NEAR(band[0].spread->high - 2, t / std::sqrt(3.0), 1e-9);
  EXPECT_NEAR(2 - band[0].spread->low, t / std::sqrt(3.0), 1e-9);
}

TEST(CurveBand, HasNoSpreadWhenNoneIsAskedFor) {
  EXPECT_FALSE(bandOf({{{0, 1}}, {{0, 2}}}, Spread::kNone)[0].spread.has_value());
}

}  // namespace
}  // namespace retort
