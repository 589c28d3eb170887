#include "trainers/training/updater.h"

#include <ATen/ATen.h>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace retort::train {

namespace {

at::Tensor parameterWithGradient(std::vector<double> gradient) {
  at::Tensor parameter = at::zeros({static_cast<std::int64_t>(gradient.size())}, at::kDouble);
  parameter.set_requires_grad(true);
  parameter.mutable_grad() = at::tensor(gradient, at::kDouble);
  return parameter;
}

NamedTensors twoParameters() {
  return {{"a.weight", parameterWithGradient({3, 4})}, {"b.weight", parameterWithGradient({12})}};
}

TEST(Updater, ClipsEachTensorByItselfAndReturnsTheNormsBefore) {
  const NamedTensors parameters = twoParameters();
  const Updater updater({{"train.clip_tensor", 1.0}}, parameters, 10);

  EXPECT_EQ(updater.clip(), (std::vector<double>{5, 12}));

  EXPECT_NEAR(parameters[0].tensor.grad().norm().item<double>(), 1, 1e-6);
  EXPECT_NEAR(parameters[1].tensor.grad().norm().item<double>(), 1, 1e-6);
}

TEST(Updater, ClipsAllTogetherFirst) {
  const NamedTensors parameters = twoParameters();
  const Updater updater({{"train.clip_tensor", 0.0}, {"train.clip_global", 1.3}}, parameters, 10);

  EXPECT_EQ(updater.clip(), (std::vector<double>{5, 12}));

  EXPECT_NEAR(parameters[0].tensor.grad().norm().item<double>(), 0.5, 1e-6);
  EXPECT_NEAR(parameters[1].tensor.grad().norm().item<double>(), 1.2, 1e-6);
}

TEST(Updater, StartsAWarmUpAtRateZero) {
  const NamedTensors parameters = twoParameters();
  Updater updater({{"train.learning_rate", 1.0}, {"train.warmup", 0.5}}, parameters, 4);

  EXPECT_EQ(updater.rate(0), 0);
  EXPECT_EQ(updater.rate(1), 0.5);
  updater.update(0);

  EXPECT_TRUE(at::equal(parameters[0].tensor.detach(), at::zeros({2}, at::kDouble)));
}

TEST(Updater, GoesOnFromASavedState) {
  const NamedTensors once = twoParameters();
  const NamedTensors resumed = twoParameters();
  const SettingValues settings = {{"train.learning_rate", 0.1}, {"train.warmup", 0.0}};
  Updater first(settings, once, 10);
  Updater second(settings, resumed, 10);
  second.update(0);

  first.update(0);
  first.update(1);
  Updater third(settings, resumed, 10);
  third.setState(second.state());
  third.update(1);

  EXPECT_TRUE(at::equal(once[0].tensor, resumed[0].tensor));
  EXPECT_TRUE(at::equal(once[1].tensor, resumed[1].tensor));
}

TEST(Updater, GivesTheOptimizersSecondMoments) {
  const NamedTensors parameters = twoParameters();
  Updater updater({{"train.learning_rate", 0.1}, {"train.warmup", 0.0}}, parameters, 10);
  EXPECT_TRUE(updater.secondMoments().empty());

  updater.update(0);

  const NamedTensors moments = updater.secondMoments();
  ASSERT_EQ(moments.size(), 2U);
  EXPECT_EQ(moments[1].name, parameters[1].name);
  // One update: (1 - 0.999) g^2.
  const at::Tensor wanted = parameters[1].tensor.grad().square() * 0.001;
  EXPECT_TRUE(at::allclose(moments[1].tensor, wanted, 1e-12, 0));
}

NamedTensors weightAndStep() {
  return {{"a.weight", parameterWithGradient({1})},
          {"quantizers.layer.0.query.lsq_4.step", parameterWithGradient({1})}};
}

TEST(Updater, GivesQuantizersARateOfTheirOwnOnTheSameSchedule) {
  const NamedTensors parameters = weightAndStep();
  Updater updater({{"train.learning_rate", 1.0},
                   {"train.warmup", 0.5},
                   {"train.optimizer", "adamw"},
                   {"quant.learned.learning_rate", 0.01}},
                  parameters,
                  4);

  EXPECT_EQ(updater.rate(1), 0.5);
  EXPECT_EQ(updater.quantizerRate(1), 0.005);
  updater.update(1);

  // The first step of AdamW is its rate, for every gradient.
  EXPECT_NEAR(parameters[0].tensor.item<double>(), -0.5, 1e-5);
  EXPECT_NEAR(parameters[1].tensor.item<double>(), -0.005, 1e-7);
}

TEST(Updater, GoesOnWithQuantizersFromASavedState) {
  const NamedTensors once = weightAndStep();
  const NamedTensors resumed = weightAndStep();
  const SettingValues settings = {{"train.learning_rate", 0.1}, {"train.warmup", 0.0}};
  Updater first(settings, once, 10);
  Updater second(settings, resumed, 10);
  first.update(0);
  first.update(1);
  second.update(0);

  Updater third(settings, resumed, 10);
  third.setState(second.state());
  third.update(1);

  EXPECT_TRUE(at::equal(once[0].tensor, resumed[0].tensor));
  EXPECT_TRUE(at::equal(once[1].tensor, resumed[1].tensor));
}

TEST(Updater, SparesQuantizersTheWeightDecay) {
  EXPECT_EQ(weightDecayFor("quantizers.layer.0.query.lsq_4.step", {.weight_decay = 0.1}), 0);
  EXPECT_EQ(weightDecayFor("bert.pooler.dense.weight", {.weight_decay = 0.1}), 0.1);
}

TEST(DescribeBadGradients, NamesTheFirstOfTheBackwardPass) {
  const NamedTensors parameters = {{"embeddings", {}}, {"layer.0", {}}, {"classifier", {}}};
  const double nan = std::nan("");
  const double infinity = std::numeric_limits<double>::infinity();

  EXPECT_EQ(describeBadGradients(parameters, {1, 2, 3}), "");
  EXPECT_EQ(describeBadGradients(parameters, {nan, infinity, 3}),
            "2 of 3 gradients are not finite, first layer.0");
}

}  // namespace

}  // namespace retort::train
