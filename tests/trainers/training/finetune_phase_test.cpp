#include "trainers/training/finetune_phase.h"

#include "tests/trainers/training/tiny_settings.h"

#include <ATen/ATen.h>

#include <gtest/gtest.h>

#include <cmath>

namespace retort::train {

namespace {

TEST(FinetunePhase, StartsAtChance) {
  FinetunePhase phase = tinyPhase();

  const auto points = phase.evaluate(0, 1, goOn);

  ASSERT_TRUE(points.has_value());
  for (const MetricPoint& point : *points) {
    if (point.series.metric == "eval.loss") {
      EXPECT_NEAR(point.value, std::log(2.0), 0.05);
    }
  }
  EXPECT_EQ(phase.trainingRows(), 96);
}

TEST(FinetunePhase, GivesTheSameWeightsForTheSameSeed) {
  const FinetunePhase first = tinyPhase();
  const FinetunePhase second = tinyPhase();

  for (std::size_t i = 0; i < first.parameters().size(); ++i) {
    EXPECT_TRUE(at::equal(first.parameters()[i].tensor, second.parameters()[i].tensor));
  }
}

TEST(FinetunePhase, LeavesGradientsAndItsLoss) {
  FinetunePhase phase = tinyPhase();

  const StepOutcome outcome =
      phase.step({.rows = std::vector<std::int64_t>{0, 1, 2}, .trace = TracePart::kHidden}, goOn);

  EXPECT_NEAR(outcome.loss, std::log(2.0), 0.1);
  ASSERT_EQ(outcome.losses.size(), 1U);
  EXPECT_EQ(outcome.losses[0].name, "task");
  EXPECT_EQ(outcome.student.hidden.size(), 3U);
  EXPECT_TRUE(outcome.student.prob.empty());
  EXPECT_EQ(outcome.batch.attention_mask.size(0), 3);
  EXPECT_EQ(outcome.tokens, outcome.batch.attention_mask.sum().item<double>());
  for (const NamedTensor& parameter : phase.trainableParameters()) {
    EXPECT_TRUE(parameter.tensor.grad().defined()) << parameter.name;
  }
}

TEST(FinetunePhase, StopsAnEvaluationWhenAskedTo) {
  FinetunePhase phase = tinyPhase();

  EXPECT_FALSE(phase.evaluate(0, 1, [] { return false; }).has_value());
}

TEST(FinetunePhase, ProbesSeeTheModelAndItsObjective) {
  FinetunePhase phase = tinyPhase();

  const ProbedTraining probed = phase.probed(0, 1);
  const TokenBatch batch = probed.batch(std::vector<std::int64_t>{0, 5});
  const LossTerms terms = probed.objective(*probed.student, batch);

  EXPECT_EQ(probed.teacher, nullptr);
  EXPECT_EQ(batch.labels.size(0), 2);
  const at::Tensor prob = probed.student->forward(batch, {}).logits.log_softmax(1);
  const double expected = -prob.gather(1, batch.labels.unsqueeze(1)).mean().item<double>();
  EXPECT_NEAR(terms.total.item<double>(), expected, 1e-6);
}

}  // namespace

}  // namespace retort::train
