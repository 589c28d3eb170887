#include "trainers/optimizers/adamw.h"

#include "tests/trainers/optimizers/optimizer_golden.h"

#include <gtest/gtest.h>

namespace retort::train {
namespace {

TEST(AdamW, AgreesWithTorch) {
  OptimizerGolden golden;
  const auto optimizer = adamwDefinition().make(golden.parameters, {});

  for (std::size_t step = 0; step < golden.steps(); ++step) {
    golden.setGradients(step);
    optimizer->step(golden.golden.at("settings").at("learning_rate"));
    EXPECT_LT(golden.difference("adamw", step), 1e-13) << "step " << step;
  }
}

TEST(AdamW, MovesByTheRateInItsFirstStep) {
  const at::Tensor p = tensorOf({1.0, 1.0}).requires_grad_();
  p.mutable_grad() = tensorOf({0.5, -20.0});
  const auto optimizer =
      adamwDefinition().make({{"x.weight", p}}, {.epsilon = 1e-12, .weight_decay = 0});

  optimizer->step(0.01);

  EXPECT_LT(largestDifference(p, tensorOf({0.99, 1.01})), 1e-12);
}

}  // namespace
}  // namespace retort::train
