#include "trainers/data/choice_score.h"

#include <gtest/gtest.h>

#include <cmath>

namespace retort::train {

namespace {

ChoiceQuestion questionOf(const std::vector<std::int64_t>& lengths, std::int64_t gold) {
  return {.contexts = {}, .continuations = {}, .lengths = lengths, .gold = gold};
}

}  // namespace

TEST(ChoiceScore, TheGreatestLogLikelihoodIsTheAnswer) {
  EXPECT_EQ(scoreChoices(questionOf({10, 10}, 1), {-5, -4}), (ChoiceScore{1, 1}));
  EXPECT_EQ(scoreChoices(questionOf({10, 10}, 0), {-5, -4}), (ChoiceScore{0, 0}));
}

TEST(ChoiceScore, LengthsDecideWhenTheyAreCounted) {
  // -6 / 12 = -0.5 is more than -4 / 4 = -1.
  EXPECT_EQ(scoreChoices(questionOf({12, 4}, 0), {-6, -4}), (ChoiceScore{0, 1}));
  EXPECT_EQ(scoreChoices(questionOf({12, 4}, 1), {-6, -4}), (ChoiceScore{1, 0}));
}

TEST(ChoiceScore, OfEqualOnesTheFirstIsTaken) {
  EXPECT_EQ(scoreChoices(questionOf({2, 2, 2}, 0), {-1, -1, -2}), (ChoiceScore{1, 1}));
  EXPECT_EQ(scoreChoices(questionOf({2, 2, 2}, 1), {-1, -1, -2}), (ChoiceScore{0, 0}));
}

TEST(ChoiceScore, NanIsTakenAsNumPyTakesIt) {
  EXPECT_EQ(scoreChoices(questionOf({1, 1, 1}, 1), {-1, std::nan(""), 0}), (ChoiceScore{1, 1}));
}

// statistics.stdev([1, 0, 1, 1]) / 2 = 0.25, of [0, 0, 1, 0] the same.
TEST(ChoiceScore, TheMeanHasItsStandardError) {
  const ChoiceResult result = meanScore({{1, 0}, {0, 0}, {1, 1}, {1, 0}});

  EXPECT_DOUBLE_EQ(result.mean.acc, 0.75);
  EXPECT_DOUBLE_EQ(result.mean.acc_norm, 0.25);
  EXPECT_DOUBLE_EQ(result.stderr_of_mean.acc, 0.25);
  EXPECT_DOUBLE_EQ(result.stderr_of_mean.acc_norm, 0.25);
  EXPECT_TRUE(std::isnan(meanScore({{1, 0}}).stderr_of_mean.acc));
}

}  // namespace retort::train
