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

// statistics.stdev([1, 0, 1, 1]) / 2 = 0.25, of [0, 0, 1, 0] the same; statistics.stdev of three
// ones and two zeros / sqrt(5) = 0.2449489742783178.
TEST(ChoiceScore, TheMeanHasItsStandardError) {
  const ChoiceScore mean = meanScore({{1, 0}, {0, 0}, {1, 1}, {1, 0}});

  EXPECT_DOUBLE_EQ(mean.acc, 0.75);
  EXPECT_DOUBLE_EQ(mean.acc_norm, 0.25);
  EXPECT_DOUBLE_EQ(standardError(mean.acc, 4), 0.25);
  EXPECT_DOUBLE_EQ(standardError(mean.acc_norm, 4), 0.25);
  EXPECT_DOUBLE_EQ(standardError(0.6, 5), 0.2449489742783178);
  EXPECT_EQ(standardError(1, 7), 0);
  EXPECT_TRUE(std::isnan(standardError(1, 1)));
}

// The harness reports acc_norm for all tasks but BoolQ and WinoGrande.
TEST(ChoiceScore, TheTasksAreTheHarnesss) {
  std::vector<std::string> names;
  std::vector<std::string> without_norm;
  for (const ChoiceTask& task : choiceTasks()) {
    names.push_back(task.name);
    if (!task.has_norm) {
      without_norm.push_back(task.name);
    }
  }

  EXPECT_EQ(
      names,
      (std::vector<std::string>{
          "arc_challenge", "arc_easy", "boolq", "hellaswag", "openbookqa", "piqa", "winogrande"}));
  EXPECT_EQ(without_norm, (std::vector<std::string>{"boolq", "winogrande"}));
}

// Adding the same to all log-likelihoods changes no acc; the scale of lengths changes no acc_norm.
TEST(ChoiceScore, OnlyDifferencesCount) {
  const std::vector<double> log_likelihoods = {-12.5, -9.25, -9.5, -30};
  for (std::int64_t gold = 0; gold < 4; ++gold) {
    const ChoiceScore score = scoreChoices(questionOf({30, 20, 25, 90}, gold), log_likelihoods);
    const ChoiceScore longer = scoreChoices(questionOf({60, 40, 50, 180}, gold), log_likelihoods);
    std::vector<double> shifted = log_likelihoods;
    for (double& value : shifted) {
      value -= 100;
    }

    EXPECT_EQ(score.acc, gold == 1 ? 1.0 : 0.0);
    EXPECT_EQ(score.acc_norm, gold == 3 ? 1.0 : 0.0);  // -1/3 by character
    EXPECT_EQ(longer, score);
    EXPECT_EQ(scoreChoices(questionOf({30, 20, 25, 90}, gold), shifted).acc, score.acc);
  }
}

}  // namespace retort::train
