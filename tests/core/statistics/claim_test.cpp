#include "core/statistics/claim.h"

#include <gtest/gtest.h>

#include <array>

namespace retort {
namespace {

std::optional<PairedDifference> interval(double low, double high) {
  PairedDifference difference;
  difference.n = 5;
  difference.mean = (low + high) / 2;
  difference.low = low;
  difference.high = high;
  return difference;
}

Verdict judge(bool is_higher, double low, double high, double margin = 0) {
  Claim claim;
  claim.is_higher = is_higher;
  claim.margin = margin;
  return judgeClaim(claim, interval(low, high));
}

TEST(JudgeClaim, SupportsWhatLiesWhollyOnTheExpectedSide) {
  EXPECT_EQ(judge(true, 0.01, 0.05), Verdict::kSupported);
  EXPECT_EQ(judge(false, -0.05, -0.01), Verdict::kSupported);
}

TEST(JudgeClaim, RejectsWhatLiesWhollyOnTheOtherSide) {
  EXPECT_EQ(judge(true, -0.05, -0.01), Verdict::kNotSupported);
  EXPECT_EQ(judge(false, 0.01, 0.05), Verdict::kNotSupported);
}

TEST(JudgeClaim, DecidesNothingWhereTheIntervalHoldsTheMargin) {
  EXPECT_EQ(judge(true, -0.01, 0.05), Verdict::kUndecided);
  EXPECT_EQ(judge(false, -0.05, 0.01), Verdict::kUndecided);
  EXPECT_EQ(judge(true, 0, 0.05), Verdict::kUndecided);
  EXPECT_EQ(judge(true, 0, 0), Verdict::kUndecided);  // all pairs equal: nothing was seen
}

TEST(JudgeClaim, WantsTheMarginOfTheClaim) {
  EXPECT_EQ(judge(true, 0.01, 0.05, 0.02), Verdict::kUndecided);
  EXPECT_EQ(judge(true, 0.03, 0.05, 0.02), Verdict::kSupported);
  EXPECT_EQ(judge(true, 0.005, 0.015, 0.02), Verdict::kNotSupported);
  EXPECT_EQ(judge(false, -0.05, -0.03, 0.02), Verdict::kSupported);
}

TEST(JudgeClaim, DecidesNothingWithoutAnInterval) {
  const std::array<ValuePair, 1> one{ValuePair{0.9, 0.1}};
  EXPECT_EQ(judgeClaim(Claim{}, pairedDifference(one)), Verdict::kUndecided);
  EXPECT_EQ(judgeClaim(Claim{}, std::nullopt), Verdict::kUndecided);
}

// Differences 1, 2, 3: mean 2, sd 1, t(2, 0.975) = 4.302653: 2 ± 2.484; 1, 2, 2: 1.667 ± 1.434.
TEST(JudgeClaim, FollowsTheTTestOfThePairs) {
  const std::array<ValuePair, 3> wide{ValuePair{1, 0}, ValuePair{2, 0}, ValuePair{3, 0}};
  EXPECT_EQ(judgeClaim(Claim{}, pairedDifference(wide)), Verdict::kUndecided);
  const std::array<ValuePair, 3> narrow{ValuePair{1, 0}, ValuePair{2, 0}, ValuePair{2, 0}};
  EXPECT_EQ(judgeClaim(Claim{}, pairedDifference(narrow)), Verdict::kSupported);
}

TEST(VerdictName, SaysThatSizeDecides) {
  EXPECT_STREQ(verdictName(Verdict::kSupported), "supported");
  EXPECT_STREQ(verdictName(Verdict::kNotSupported), "not supported");
  EXPECT_STREQ(verdictName(Verdict::kUndecided), "not decided at this size");
}

}  // namespace
}  // namespace retort
