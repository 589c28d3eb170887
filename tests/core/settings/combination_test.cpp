#include "core/settings/combination.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace retort {
namespace {

const double kNan = std::numeric_limits<double>::quiet_NaN();

double combined(const std::vector<double>& values, Combination combination) {
  return combine(values, combination);
}

TEST(Combination, TheNormOfALayerIsThatOfItsParts) {
  // Parts 3 and 4 have the norm 5, whose square is the sum of the squares.
  const double norm = combined({3, 4}, Combination::kRootOfSquares);

  EXPECT_EQ(norm, 5);
  EXPECT_EQ(combined({9, 16}, Combination::kSum), norm * norm);
}

TEST(Combination, TakesMeanLargestAndSmallest) {
  EXPECT_EQ(combined({1, 3, 8}, Combination::kMean), 4);
  EXPECT_EQ(combined({1, 8, 3}, Combination::kMaximum), 8);
  EXPECT_EQ(combined({3, -1, 8}, Combination::kMinimum), -1);
}

TEST(Combination, HidesNoNumberThatIsNone) {
  for (const Combination combination :
       {Combination::kMean, Combination::kRootOfSquares, Combination::kSum}) {
    EXPECT_TRUE(std::isnan(combined({1, kNan}, combination)));
  }
}

TEST(Combination, FindsTheExtremesBesideWhatIsNoNumber) {
  EXPECT_EQ(combined({kNan, 2, 1}, Combination::kMaximum), 2);
  EXPECT_EQ(combined({kNan, 2, 1}, Combination::kMinimum), 1);
  EXPECT_TRUE(
      std::isinf(combined({1, std::numeric_limits<double>::infinity()}, Combination::kMaximum)));
}

TEST(Combination, OfNothingIsNothing) {
  for (const char* name : {"mean", "root_of_squares", "sum", "max", "min"}) {
    Combination combination = Combination::kMean;
    ASSERT_TRUE(parseCombination(name, combination));
    EXPECT_EQ(combinationName(combination), name);
    EXPECT_TRUE(std::isnan(combine({}, combination))) << name;
  }
}

TEST(Combination, KnowsNoOtherNames) {
  Combination combination = Combination::kSum;

  EXPECT_FALSE(parseCombination("median", combination));
  EXPECT_FALSE(parseCombination("", combination));
  EXPECT_EQ(combination, Combination::kSum);
}

}  // namespace
}  // namespace retort
