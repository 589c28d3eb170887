#include "core/statistics/paired_difference.h"

#include <gtest/gtest.h>

#include <cmath>
#include <utility>
#include <vector>

namespace retort {
namespace {

// Critical values of Student's t as printed in statistics textbooks (three decimals).
TEST(StudentT, QuantilesAgreeWithPublishedTables) {
  const std::vector<std::pair<double, double>> two_sided_95{
      {1, 12.706}, {2, 4.303}, {3, 3.182}, {4, 2.776}, {9, 2.262}, {30, 2.042}, {120, 1.980}};
  for (const auto& [degrees, expected] : two_sided_95) {
    EXPECT_NEAR(studentQuantile(0.975, degrees), expected, 5e-4) << degrees;
  }
  EXPECT_NEAR(studentQuantile(0.995, 4), 4.604, 5e-4);
  EXPECT_NEAR(studentQuantile(0.95, 10), 1.812, 5e-4);
}

// With one degree of freedom it is the Cauchy distribution; with two, F(t) = 1/2 + t / (2 sqrt(2 +
// t^2)).
TEST(StudentT, AgreesWithClosedFormsForOneAndTwoDegrees) {
  for (const double t : {0.1, 1.0, 3.0, 40.0}) {
    EXPECT_NEAR(studentTwoSidedP(t, 1), 1 - 2 * std::atan(t) / M_PI, 1e-12) << t;
    EXPECT_NEAR(studentTwoSidedP(-t, 2), 1 - t / std::sqrt(2 + t * t), 1e-12) << t;
  }
  EXPECT_DOUBLE_EQ(studentTwoSidedP(0, 5), 1);
}

TEST(PairedDifference, OfNoPairsIsNothing) {
  EXPECT_FALSE(pairedDifference({}).has_value());
}

TEST(PairedDifference, OfOnePairHasNoUncertainty) {
  const std::vector<ValuePair> pairs{{0.9, 0.8}};

  const auto difference = pairedDifference(pairs);

  ASSERT_TRUE(difference.has_value());
  EXPECT_EQ(difference->n, 1U);
  EXPECT_NEAR(difference->mean, 0.1, 1e-15);
  EXPECT_FALSE(difference->standard_deviation.has_value());
  EXPECT_FALSE(difference->low.has_value());
  EXPECT_FALSE(difference->high.has_value());
  EXPECT_FALSE(difference->p.has_value());
}

// Student's own sleep data (1908), as in R: t = -4.0621, df = 9, p = 0.002833, interval
// [-2.4598858, -0.7001142].
TEST(PairedDifference, AgreesWithStudentsSleepData) {
  const std::vector<ValuePair> pairs{{0.7, 1.9},
                                     {-1.6, 0.8},
                                     {-0.2, 1.1},
                                     {-1.2, 0.1},
                                     {-0.1, -0.1},
                                     {3.4, 4.4},
                                     {3.7, 5.5},
                                     {0.8, 1.6},
                                     {0.0, 4.6},
                                     {2.0, 3.4}};

  const auto difference = pairedDifference(pairs);

  ASSERT_TRUE(difference.has_value());
  EXPECT_EQ(difference->n, 10U);
  EXPECT_NEAR(difference->mean, -1.58, 1e-12);
  EXPECT_NEAR(*difference->low, -2.4598858, 5e-8);
  EXPECT_NEAR(*difference->high, -0.7001142, 5e-8);
  EXPECT_NEAR(*difference->p, 0.002833, 5e-7);
}

// Differences 1 and 3: mean 2, standard error 1, t(1) = 2, so p = 1 - 2 atan(2) / pi.
TEST(PairedDifference, OfTwoPairsAgreesWithTheClosedForm) {
  const std::vector<ValuePair> pairs{{1, 0}, {4, 1}};

  const auto difference = pairedDifference(pairs);

  EXPECT_DOUBLE_EQ(difference->mean, 2);
  EXPECT_DOUBLE_EQ(*difference->standard_deviation, std::sqrt(2.0));
  EXPECT_NEAR(*difference->high - 2, std::tan(M_PI * 0.475), 1e-9);
  EXPECT_NEAR(*difference->p, 1 - 2 * std::atan(2.0) / M_PI, 1e-12);
}

TEST(PairedDifference, OfEqualDifferencesHasNoWidthAndNoP) {
  const std::vector<ValuePair> pairs{{0.9, 0.8}, {0.8, 0.7}, {0.3, 0.2}};  // 0.1, but for rounding

  const auto difference = pairedDifference(pairs);

  EXPECT_EQ(*difference->standard_deviation, 0);
  EXPECT_EQ(*difference->low, difference->mean);
  EXPECT_EQ(*difference->high, difference->mean);
  EXPECT_FALSE(difference->p.has_value());
}

TEST(PairedDifference, ChangesSignWithTheSides) {
  const std::vector<ValuePair> pairs{{3, 1}, {5, 2}, {4, 4}};
  std::vector<ValuePair> swapped;
  for (const ValuePair& pair : pairs) {
    swapped.push_back({pair.baseline, pair.value});
  }

  const auto forward = pairedDifference(pairs);
  const auto backward = pairedDifference(swapped);

  EXPECT_DOUBLE_EQ(forward->mean, -backward->mean);
  EXPECT_DOUBLE_EQ(*forward->low, -*backward->high);
  EXPECT_DOUBLE_EQ(*forward->p, *backward->p);
}

TEST(PairedDifference, WidensWithConfidence) {
  const std::vector<ValuePair> pairs{{3, 1}, {5, 2}, {4, 4}};

  EXPECT_LT(*pairedDifference(pairs, 0.99)->low, *pairedDifference(pairs, 0.95)->low);
}

}  // namespace
}  // namespace retort
