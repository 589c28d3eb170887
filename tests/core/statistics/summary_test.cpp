#include "core/statistics/summary.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace retort {
namespace {

TEST(Summary, OfNothingIsUndefined) {
  const Summary summary = summarize({});

  EXPECT_EQ(summary.n, 0U);
  EXPECT_FALSE(summary.mean.has_value());
  EXPECT_FALSE(summary.standard_deviation.has_value());
}

TEST(Summary, OfOneValueHasAMeanButNoDeviation) {
  const std::vector<double> values{0.75};

  const Summary summary = summarize(values);

  EXPECT_EQ(summary.n, 1U);
  EXPECT_EQ(summary.mean, 0.75);
  EXPECT_FALSE(summary.standard_deviation.has_value());
}

TEST(Summary, DividesBySampleSizeMinusOne) {
  const std::vector<double> values{2, 4, 4, 4, 5, 5, 7, 9};  // sum of squared deviations 32, n 8

  const Summary summary = summarize(values);

  EXPECT_DOUBLE_EQ(*summary.mean, 5);
  EXPECT_DOUBLE_EQ(*summary.standard_deviation, std::sqrt(32.0 / 7.0));
}

TEST(Summary, OfEqualValuesHasExactlyThatMeanAndNoSpread) {
  const std::vector<double> values{0.1, 0.1, 0.1};

  const Summary summary = summarize(values);

  EXPECT_EQ(*summary.mean, 0.1);
  EXPECT_EQ(*summary.standard_deviation, 0);
}

// NIST's reference data set NumAcc3: certified mean 1000000.2 and standard deviation 0.1.
TEST(Summary, KeepsItsDigitsOnValuesWithALargeOffset) {
  std::vector<double> values{1000000.2};
  for (int pair = 0; pair < 500; ++pair) {
    values.push_back(1000000.1);
    values.push_back(1000000.3);
  }

  const Summary summary = summarize(values);

  EXPECT_DOUBLE_EQ(*summary.mean, 1000000.2);
  EXPECT_NEAR(*summary.standard_deviation, 0.1, 1e-9);
}

TEST(Summary, OfHugeAndTinyValuesHasASpread) {
  EXPECT_DOUBLE_EQ(*summarize(std::vector<double>{1e200, 3e200}).standard_deviation,
                   std::sqrt(2.0) * 1e200);
  EXPECT_DOUBLE_EQ(*summarize(std::vector<double>{1e-200, 3e-200}).standard_deviation,
                   std::sqrt(2.0) * 1e-200);
}

TEST(Summary, OfHugeValuesDoesNotOverflow) {
  const std::vector<double> values{1.5e308, 1.5e308};

  EXPECT_DOUBLE_EQ(*summarize(values).mean, 1.5e308);
}

}  // namespace
}  // namespace retort
