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
  EXPECT_EQ(outcome.mask.size(0), 3);
  EXPECT_EQ(outcome.tokens, outcome.mask.sum().item<double>());
  for (const NamedTensor& parameter : phase.trainableParameters()) {
    EXPECT_TRUE(parameter.tensor.grad().defined()) << parameter.name;
  }
}

TEST(FinetunePhase, StopsAnEvaluationWhenAskedTo) {
  FinetunePhase phase = tinyPhase();

  EXPECT_FALSE(phase.evaluate(0, 1, [] { return false; }).has_value());
}

}  // namespace

}  // namespace retort::train
