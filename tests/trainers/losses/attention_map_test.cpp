#include "trainers/losses/attention_map.h"

#include "tests/trainers/losses/loss_testing.h"
#include "tests/trainers/tensor_testing.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>

namespace retort::train {
namespace {

TEST(AttentionMapLoss, AgreesWithTheAuthors) {
  const Json golden = testData("encoder_golden_vectors.json").at("loss");
  const at::Tensor student = tensorOf(golden.at("student_scores"), at::kFloat).softmax(-1);
  const at::Tensor teacher = tensorOf(golden.at("teacher_scores"), at::kFloat).softmax(-1);
  const at::Tensor lengths = tensorOf(golden.at("seq_lengths"), at::kLong);

  EXPECT_NEAR(attentionMapDivergence(student, teacher, lengths).item<double>(),
              golden.at("map_kl").get<double>(),
              1e-6);
}

TEST(AttentionMapLoss, AveragesTheRowsOfTheTokens) {
  // One sentence of two tokens in three places; the second row and everything padded is equal or
  // ignored.
  const at::Tensor teacher = tensorOf({{{{0.5, 0.5, 0.0}, {0.25, 0.75, 0.0}, {1.0, 0.0, 0.0}}}});
  const at::Tensor student = tensorOf({{{{0.25, 0.75, 0.0}, {0.25, 0.75, 0.0}, {0.1, 0.2, 0.7}}}});

  const double row = 0.5 * std::log(0.5 / 0.25) + 0.5 * std::log(0.5 / 0.75);

  EXPECT_NEAR(attentionMapDivergence(student, teacher, tensorOf({2}, at::kLong)).item<double>(),
              row / 2,
              1e-15);
}

// One sentence of two tokens in three places, and what lies outside of its block.
const Json kTeacher = {{{{0.6, 0.4, 0.0}, {0.25, 0.75, 0.0}, {1.0, 0.0, 0.0}}}};
const Json kStudent = {{{{0.2, 0.8, 0.5}, {0.25, 0.75, 0.3}, {0.1, 0.2, 0.7}}}};

using Distance = at::Tensor (*)(const at::Tensor&, const at::Tensor&, const at::Tensor&);

double ofOneSentence(Distance distance) {
  return distance(tensorOf(kStudent), tensorOf(kTeacher), tensorOf({2}, at::kLong)).item<double>();
}

TEST(AttentionMapLoss, HasTheMeanSquaredErrorOfTheBlock) {
  EXPECT_NEAR(ofOneSentence(attentionMapSquaredError), (0.4 * 0.4 + 0.4 * 0.4) / 4, 1e-16);
}

TEST(AttentionMapLoss, HasTheJensenShannonDivergence) {
  const auto kl = [](double p, double q) {
    return p * std::log(p / q) + (1 - p) * std::log((1 - p) / (1 - q));
  };

  // The middle of (0.6, 0.4) and (0.2, 0.8); the second row is equal.
  EXPECT_NEAR(
      ofOneSentence(attentionMapJensenShannon), (kl(0.6, 0.4) + kl(0.2, 0.4)) / 2 / 2, 1e-15);
}

TEST(AttentionMapLoss, HasTheCosineOfTheRows) {
  const double cosine = (0.6 * 0.2 + 0.4 * 0.8) / std::sqrt((0.36 + 0.16) * (0.04 + 0.64));

  EXPECT_NEAR(ofOneSentence(attentionMapCosine), (1 - cosine) / 2, 1e-15);
}

TEST(AttentionMapLoss, ChoosesTheDistanceByName) {
  ModelTrace student;
  student.prob = {tensorOf(kStudent)};
  ModelTrace teacher;
  teacher.prob = {tensorOf(kTeacher)};
  TokenBatch batch;
  batch.lengths = tensorOf({2}, at::kLong);
  const std::map<std::string, Distance> distances = {{"kl", attentionMapDivergence},
                                                     {"mse", attentionMapSquaredError},
                                                     {"js", attentionMapJensenShannon},
                                                     {"cosine", attentionMapCosine}};

  for (const auto& [name, distance] : distances) {
    const auto terms = termsOf(
        attentionMapLoss(), {student, teacher, batch}, {{"distill.attention_map.distance", name}});
    EXPECT_EQ(terms.at(0).value.item<double>(), ofOneSentence(distance)) << name;
  }
}

class AttentionMapDistance : public testing::TestWithParam<Distance> {};

TEST_P(AttentionMapDistance, IsZeroWhenEqual) {
  const at::Tensor map = randomTensor({2, 3, 4, 4}, 41).softmax(-1);

  EXPECT_NEAR(GetParam()(map, map, tensorOf({4, 2}, at::kLong)).item<double>(), 0, 1e-15);
}

TEST_P(AttentionMapDistance, HasTheRightGradient) {
  const at::Tensor teacher = randomTensor({2, 1, 3, 3}, 44).softmax(-1);
  const at::Tensor lengths = tensorOf({3, 2}, at::kLong);

  const auto loss = [&](const at::Tensor& score) {
    return GetParam()(score.softmax(-1), teacher, lengths);
  };

  EXPECT_LT(gradientError(loss, randomTensor({2, 1, 3, 3}, 45)), 1e-8);
}

INSTANTIATE_TEST_SUITE_P(All,
                         AttentionMapDistance,
                         testing::Values(&attentionMapDivergence,
                                         &attentionMapSquaredError,
                                         &attentionMapJensenShannon,
                                         &attentionMapCosine));

TEST(AttentionMapLoss, IsExactlyZeroWhenEqual) {
  const at::Tensor map = randomTensor({2, 3, 4, 4}, 41).softmax(-1);

  EXPECT_EQ(attentionMapDivergence(map, map, tensorOf({4, 2}, at::kLong)).item<double>(), 0);
}

TEST(AttentionMapLoss, IsPositiveWhenNot) {
  const at::Tensor teacher = randomTensor({2, 3, 4, 4}, 42).softmax(-1);
  const at::Tensor student = randomTensor({2, 3, 4, 4}, 43).softmax(-1);

  EXPECT_GT(attentionMapDivergence(student, teacher, tensorOf({4, 4}, at::kLong)).item<double>(),
            0);
}

TEST(AttentionMapLoss, SurvivesZeroProbabilities) {
  const at::Tensor teacher = tensorOf({{{{1.0, 0.0}, {0.0, 1.0}}}});
  const at::Tensor student = tensorOf({{{{0.0, 1.0}, {0.0, 1.0}}}});

  const double value =
      attentionMapDivergence(student, teacher, tensorOf({2}, at::kLong)).item<double>();

  // Each zero counts as 1e-8: the first row gives ln(1 / 1e-8) + 1e-8 ln(1e-8).
  EXPECT_NEAR(value, (1 - 1e-8) * -std::log(1e-8) / 2, 1e-12);
}

}  // namespace
}  // namespace retort::train
