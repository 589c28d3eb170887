#include "core/statistics/paired_difference.h"
#include "core/statistics/summary.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>
#include <vector>

/// Student's t against its closed forms: with one degree of freedom it is Cauchy's distribution,
/// with two its quantiles are algebraic, and with many it is the normal distribution.
namespace retort {
namespace {

TEST(StudentQuantile, IsCauchysWithOneDegreeOfFreedom) {
  for (const double p : {0.6, 0.75, 0.9, 0.975, 0.995}) {
    EXPECT_NEAR(studentQuantile(p, 1), std::tan(std::numbers::pi * (p - 0.5)), 1e-9) << p;
  }
}

TEST(StudentQuantile, IsAlgebraicWithTwoDegreesOfFreedom) {
  for (const double p : {0.6, 0.75, 0.9, 0.975, 0.995}) {
    const double expected = (2 * p - 1) * std::sqrt(2 / (4 * p * (1 - p)));
    EXPECT_NEAR(studentQuantile(p, 2), expected, 1e-9) << p;
  }
}

TEST(StudentQuantile, IsNormalWithManyDegreesOfFreedom) {
  EXPECT_NEAR(studentQuantile(0.975, 1e7), 1.959963985, 1e-5);
}

TEST(StudentQuantile, IsOdd) {
  for (const double degrees : {1.0, 3.0, 10.0}) {
    EXPECT_NEAR(studentQuantile(0.1, degrees), -studentQuantile(0.9, degrees), 1e-12);
  }
}

TEST(StudentTwoSidedP, UndoesTheQuantile) {
  for (const double degrees : {1.0, 2.0, 4.0, 29.0}) {
    for (const double p : {0.001, 0.05, 0.3}) {
      EXPECT_NEAR(studentTwoSidedP(studentQuantile(1 - p / 2, degrees), degrees), p, 1e-10);
    }
  }
}

TEST(StudentTwoSidedP, DoesNotDependOnTheSign) {
  EXPECT_EQ(studentTwoSidedP(-1.5, 4), studentTwoSidedP(1.5, 4));
  EXPECT_NEAR(studentTwoSidedP(0, 4), 1, 1e-12);
}

TEST(PairedDifference, IsTheSummaryOfTheDifferences) {
  std::mt19937 random(7);
  std::normal_distribution<double> normal;
  for (std::size_t n = 2; n < 12; ++n) {
    std::vector<ValuePair> pairs;
    std::vector<double> differences;
    for (std::size_t i = 0; i < n; ++i) {
      pairs.push_back({normal(random), normal(random)});
      differences.push_back(pairs.back().value - pairs.back().baseline);
    }
    const auto result = pairedDifference(pairs);
    const Summary summary = summarize(differences);
    ASSERT_TRUE(result.has_value());
    EXPECT_NEAR(result->mean, *summary.mean, 1e-12);
    EXPECT_NEAR(*result->standard_deviation, *summary.standard_deviation, 1e-12);
    EXPECT_NEAR((*result->low + *result->high) / 2, result->mean, 1e-12);
  }
}

TEST(PairedDifference, ChangesItsSignWhenTheConfigurationsAreExchanged) {
  const std::vector<ValuePair> pairs{{0.9, 0.8}, {0.7, 0.75}, {0.95, 0.6}};
  const std::vector<ValuePair> exchanged{{0.8, 0.9}, {0.75, 0.7}, {0.6, 0.95}};

  const auto one = pairedDifference(pairs);
  const auto other = pairedDifference(exchanged);

  EXPECT_NEAR(one->mean, -other->mean, 1e-12);
  EXPECT_NEAR(*one->low, -*other->high, 1e-12);
  EXPECT_NEAR(*one->p, *other->p, 1e-12);
}

TEST(PairedDifference, HoldsTheTruthAsOftenAsItPromises) {
  std::mt19937 random(11);
  std::normal_distribution<double> normal;
  int held = 0;
  constexpr int kTrials = 4000;
  for (int trial = 0; trial < kTrials; ++trial) {
    std::vector<ValuePair> pairs;
    for (int i = 0; i < 5; ++i) {
      const double shared = normal(random);  // the seed's own luck, which pairing removes
      pairs.push_back({shared + 0.3 + 0.1 * normal(random), shared + 0.1 * normal(random)});
    }
    const auto result = pairedDifference(pairs, 0.9);
    held += *result->low <= 0.3 && 0.3 <= *result->high ? 1 : 0;
  }
  // Binomial with p = 0.9: four standard deviations are 0.019.
  EXPECT_NEAR(held / static_cast<double>(kTrials), 0.9, 0.019);
}

}  // namespace
}  // namespace retort
