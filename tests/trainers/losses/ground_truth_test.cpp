#include "trainers/losses/ground_truth.h"

#include "tests/trainers/losses/loss_testing.h"
#include "tests/trainers/tensor_testing.h"
#include "trainers/losses/task_loss.h"

#include <gtest/gtest.h>

#include <cmath>

namespace retort::train {
namespace {

// softmax gives (3/4, 1/4) and (1/2, 1/2).
const Json kLogits = {{std::log(3.0), 0.0}, {1.0, 1.0}};

TEST(TaskLoss, IsTheMeanNegativeLogLikelihood) {
  const double value = taskLoss(tensorOf(kLogits), tensorOf({1, 0}, at::kLong)).item<double>();

  EXPECT_NEAR(value, (std::log(4.0) + std::log(2.0)) / 2, 1e-15);
}

TEST(TaskLoss, IsTheSquaredErrorForRegression) {
  EXPECT_DOUBLE_EQ(taskLoss(tensorOf({{1.0}, {4.0}}), tensorOf({0.0, 2.0})).item<double>(), 2.5);
}

TEST(TaskLoss, ConvertsTheLabelsOfARegression) {
  EXPECT_DOUBLE_EQ(taskLoss(tensorOf({{1.0}}), tensorOf({0.5}, at::kFloat)).item<double>(), 0.25);
}

TEST(TaskLoss, HasTheRightGradient) {
  const at::Tensor labels = tensorOf({2, 0, 1}, at::kLong);

  EXPECT_LT(gradientError([&](const at::Tensor& z) { return taskLoss(z, labels); },
                          randomTensor({3, 3}, 61)),
            1e-8);
}

TEST(TaskLoss, RefusesAnotherNumberOfLabels) {
  EXPECT_THROW(static_cast<void>(taskLoss(tensorOf(kLogits), tensorOf({1}, at::kLong))),
               c10::Error);
}

TEST(GroundTruthLoss, SumsOverTheBatch) {
  const double value = labelLoss(tensorOf(kLogits), tensorOf({1, 0}, at::kLong)).item<double>();

  EXPECT_NEAR(value, std::log(4.0) + std::log(2.0), 1e-15);
}

TEST(GroundTruthLoss, AveragesOverTheBatchWhenAsked) {
  const double value =
      labelLoss(tensorOf(kLogits), tensorOf({1, 0}, at::kLong), "mean").item<double>();

  EXPECT_NEAR(value, std::log(8.0) / 2, 1e-15);
}

TEST(GroundTruthLoss, ComparesARegressionWithTheTeacherWhenAsked) {
  ModelTrace student;
  student.logits = tensorOf({{1.0}, {4.0}});
  ModelTrace teacher;
  teacher.logits = tensorOf({{2.0}, {1.0}}).requires_grad_();
  TokenBatch batch;
  batch.labels = tensorOf({0.0, 2.0});
  const auto value = [&](const char* target) {
    return termsOf(groundTruthLoss(),
                   {student, teacher, batch},
                   {{"distill.ground_truth.regression_target", target}})
        .at(0)
        .value;
  };

  EXPECT_DOUBLE_EQ(value("labels").item<double>(), 2.5);
  EXPECT_DOUBLE_EQ(value("teacher").item<double>(), 5);
  EXPECT_FALSE(value("teacher").requires_grad());
}

TEST(GroundTruthLoss, AveragesARegression) {
  EXPECT_DOUBLE_EQ(labelLoss(tensorOf({{1.0}, {4.0}}), tensorOf({0.0, 2.0})).item<double>(), 2.5);
}

TEST(GroundTruthLoss, ReadsTheLabelsOfTheBatch) {
  ModelTrace student;
  student.logits = tensorOf(kLogits);
  const ModelTrace teacher;
  TokenBatch batch;
  batch.labels = tensorOf({1, 0}, at::kLong);

  const auto terms = termsOf(groundTruthLoss(), {student, teacher, batch});

  ASSERT_EQ(terms.size(), 1U);
  EXPECT_EQ(terms[0].layer, LossTerm::kNoLayer);
  EXPECT_NEAR(terms[0].value.item<double>(), std::log(8.0), 1e-15);
}

}  // namespace
}  // namespace retort::train
