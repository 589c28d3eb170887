#include "trainers/losses/logits.h"

#include "tests/trainers/tensor_testing.h"

#include <gtest/gtest.h>

#include <cmath>

namespace retort::train {
namespace {

TEST(LogitsLoss, AgreesWithTheAuthors) {
  const Json golden = testData("encoder_golden_vectors.json").at("loss");
  const at::Tensor student = tensorOf(golden.at("student_logits"), at::kFloat);
  const at::Tensor teacher = tensorOf(golden.at("teacher_logits"), at::kFloat);

  const double value = softCrossEntropy(student, teacher).item<double>();

  EXPECT_NEAR(value, golden.at("soft_ce_sum_mean").get<double>(), 1e-6);
  EXPECT_NEAR(value / 2, golden.at("soft_ce_ternarybert_mean").get<double>(), 1e-6);
}

TEST(LogitsLoss, IsTheEntropyWhenEqual) {
  // softmax(ln 3, 0) = (3/4, 1/4).
  const at::Tensor logits = tensorOf({{std::log(3.0), 0.0}});

  const double entropy = -(0.75 * std::log(0.75) + 0.25 * std::log(0.25));

  EXPECT_NEAR(softCrossEntropy(logits, logits).item<double>(), entropy, 1e-15);
}

TEST(LogitsLoss, IsTheSquaredErrorForRegression) {
  EXPECT_DOUBLE_EQ(
      softCrossEntropy(tensorOf({{1.0}, {3.0}}), tensorOf({{2.0}, {1.0}})).item<double>(), 2.5);
}

TEST(LogitsLoss, HasTheRightGradient) {
  const at::Tensor teacher = randomTensor({4, 3}, 21);

  EXPECT_LT(gradientError([&](const at::Tensor& z) { return softCrossEntropy(z, teacher); },
                          randomTensor({4, 3}, 22)),
            1e-8);
}

TEST(LogitsLoss, GivesTheTeacherNoGradient) {
  const at::Tensor teacher = randomTensor({2, 2}, 23).requires_grad_();
  const at::Tensor student = randomTensor({2, 2}, 24).requires_grad_();

  softCrossEntropy(student, teacher).backward();

  EXPECT_FALSE(teacher.grad().defined());
}

TEST(LogitsLoss, RefusesOtherShapes) {
  EXPECT_THROW(static_cast<void>(softCrossEntropy(tensorOf({{1, 2}}), tensorOf({{1}}))),
               c10::Error);
}

}  // namespace
}  // namespace retort::train
