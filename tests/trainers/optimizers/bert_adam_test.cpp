#include "trainers/optimizers/bert_adam.h"

#include "tests/trainers/optimizers/optimizer_golden.h"
#include "trainers/optimizers/gradient_clipping.h"
#include "trainers/schedules/schedule.h"

#include <gtest/gtest.h>

#include <cmath>

namespace retort::train {
namespace {

TEST(BertAdam, AgreesWithTheSecondImplementation) {
  OptimizerGolden golden;
  const Json& settings = golden.golden.at("settings");
  const ScheduleSettings schedule = {.learning_rate = settings.at("learning_rate"),
                                     .warmup = settings.at("bert_adam_warmup")};
  const auto optimizer = bertAdamDefinition().make(golden.parameters, {});

  for (std::size_t step = 0; step < golden.steps(); ++step) {
    golden.setGradients(step);
    clipPerTensor(golden.parameters, settings.at("bert_adam_clip_tensor"));
    optimizer->step(
        learningRate(schedule, static_cast<std::int64_t>(step), settings.at("bert_adam_total")));
    EXPECT_LT(golden.difference("bert_adam", step), 1e-13) << "step " << step;
  }
}

TEST(BertAdam, DoesNotCorrectItsBias) {
  const at::Tensor p = tensorOf({1.0}).requires_grad_();
  p.mutable_grad() = tensorOf({0.5});
  const auto optimizer = bertAdamDefinition().make({{"x.weight", p}}, {.weight_decay = 0.1});

  optimizer->step(0.01);

  const double update = 0.1 * 0.5 / (std::sqrt(0.001 * 0.25) + 1e-6) + 0.1 * 1.0;
  EXPECT_NEAR(p.item<double>(), 1 - 0.01 * update, 1e-14);
}

TEST(BertAdam, CollectsMomentsAtRateZero) {
  const at::Tensor p = tensorOf({1.0}).requires_grad_();
  p.mutable_grad() = tensorOf({0.5});
  const auto optimizer = bertAdamDefinition().make({{"x.weight", p}}, {});

  optimizer->step(0);

  EXPECT_EQ(p.item<double>(), 1);
  EXPECT_NEAR(findTensor(optimizer->state(), "exp_avg/x.weight")->item<double>(), 0.05, 1e-16);
}

}  // namespace
}  // namespace retort::train
