#include "trainers/losses/logits.h"

#include "tests/trainers/losses/loss_testing.h"
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
  EXPECT_NEAR(softCrossEntropy(student, teacher, {.reduction = "mean"}).item<double>(),
              golden.at("soft_ce_ternarybert_mean").get<double>(),
              1e-6);
}

TEST(LogitsLoss, SumsOverTheBatch) {
  const at::Tensor student = randomTensor({5, 3}, 25);
  const at::Tensor teacher = randomTensor({5, 3}, 26);

  EXPECT_NEAR(softCrossEntropy(student, teacher, {.reduction = "sum"}).item<double>(),
              5 * softCrossEntropy(student, teacher).item<double>(),
              1e-13);
}

TEST(LogitsLoss, DividesByTheTemperature) {
  // At temperature 2, (2 ln 3, 0) gives softmax(ln 3, 0) = (3/4, 1/4), and (0, 0) gives halves.
  const at::Tensor teacher = tensorOf({{2 * std::log(3.0), 0.0}});
  const at::Tensor student = tensorOf({{0.0, 2 * std::log(3.0)}});

  const double expected = -(0.75 * std::log(0.25) + 0.25 * std::log(0.75));

  EXPECT_NEAR(
      softCrossEntropy(student, teacher, {.temperature = 2}).item<double>(), expected, 1e-15);
  EXPECT_NEAR(
      softCrossEntropy(student, teacher, {.temperature = 2, .scale_by_temperature_squared = true})
          .item<double>(),
      4 * expected,
      1e-14);
}

TEST(LogitsLoss, ReadsItsOptions) {
  ModelTrace student;
  student.logits = randomTensor({4, 3}, 27);
  ModelTrace teacher;
  teacher.logits = randomTensor({4, 3}, 28);

  const auto terms = termsOf(logitsLoss(),
                             {student, teacher, {}},
                             {{"distill.logits.temperature", 3.0},
                              {"distill.logits.scale_by_temperature_squared", true},
                              {"distill.logits.reduction", "mean"}});

  EXPECT_DOUBLE_EQ(
      terms.at(0).value.item<double>(),
      softCrossEntropy(
          student.logits,
          teacher.logits,
          {.temperature = 3, .scale_by_temperature_squared = true, .reduction = "mean"})
          .item<double>());
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
  EXPECT_DOUBLE_EQ(
      softCrossEntropy(tensorOf({{1.0}, {3.0}}), tensorOf({{2.0}, {1.0}}), {.reduction = "sum"})
          .item<double>(),
      5);
}

TEST(LogitsLoss, HasTheRightGradient) {
  const at::Tensor teacher = randomTensor({4, 3}, 21);

  for (const char* reduction : {"batch_mean", "mean", "sum"}) {
    const LogitsOptions options = {
        .temperature = 1.5, .scale_by_temperature_squared = true, .reduction = reduction};
    const auto loss = [&](const at::Tensor& z) {
      return softCrossEntropy(z, teacher, options);
    };
    EXPECT_LT(gradientError(loss, randomTensor({4, 3}, 22)), 1e-8) << reduction;
  }
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
