#include "trainers/losses/attention_score.h"

#include "tests/trainers/tensor_testing.h"

#include <gtest/gtest.h>

namespace retort::train {
namespace {

TEST(AttentionScoreLoss, AgreesWithTheAuthors) {
  const Json golden = testData("encoder_golden_vectors.json").at("loss");
  const at::Tensor student = tensorOf(golden.at("student_scores"), at::kFloat);
  const at::Tensor teacher = tensorOf(golden.at("teacher_scores"), at::kFloat);

  EXPECT_NEAR(attentionScoreError(student, teacher).item<double>(),
              golden.at("score_mse").get<double>(),
              1e-6);
}

TEST(AttentionScoreLoss, CountsMaskedKeysAsZero) {
  // Two of four cells are masked: ((1 - 3)^2 + (2 - 2)^2) / 4.
  const at::Tensor student = tensorOf({{{{1.0, -10001.0}, {2.0, -9999.0}}}});
  const at::Tensor teacher = tensorOf({{{{3.0, -10002.0}, {2.0, -10000.0}}}});

  EXPECT_DOUBLE_EQ(attentionScoreError(student, teacher).item<double>(), 1.0);
}

TEST(AttentionScoreLoss, CountsAKeyThatOneSideMasks) {
  EXPECT_DOUBLE_EQ(
      attentionScoreError(tensorOf({{{{-100.0}}}}), tensorOf({{{{3.0}}}})).item<double>(), 9.0);
}

TEST(AttentionScoreLoss, IsZeroWhenEqual) {
  const at::Tensor score = randomTensor({2, 2, 3, 3}, 31);

  EXPECT_EQ(attentionScoreError(score, score).item<double>(), 0);
}

TEST(AttentionScoreLoss, HasTheRightGradient) {
  const at::Tensor teacher = randomTensor({1, 2, 3, 3}, 32);
  at::Tensor student = randomTensor({1, 2, 3, 3}, 33);
  student[0][0][0][2] = -200;

  EXPECT_LT(
      gradientError([&](const at::Tensor& a) { return attentionScoreError(a, teacher); }, student),
      1e-8);
}

}  // namespace
}  // namespace retort::train
