#include "trainers/optimizers/adamw_8bit.h"

#include "tests/trainers/tensor_testing.h"
#include "trainers/optimizers/adamw.h"
#include "trainers/train_error.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <gtest/gtest.h>

#include <cmath>

namespace retort::train {
namespace {

constexpr OptimizerSettings kSettings = {.epsilon = 1e-8, .weight_decay = 0.1};

/// A large and a small weight with gradients of a seed.
struct Weights {
  Weights() {
    for (const NamedTensor& entry : all) {
      entry.tensor.requires_grad_();
    }
  }

  void setGradients(std::uint64_t seed) const {
    for (const NamedTensor& entry : all) {
      const at::IntArrayRef sizes = entry.tensor.sizes();
      entry.tensor.mutable_grad() = randomTensor({sizes.begin(), sizes.end()}, seed, 1e-3);
    }
  }

  NamedTensors all = {{"large.weight", randomTensor({70, 60}, 1)},
                      {"small.weight", randomTensor({10, 20}, 2)}};
};

TEST(Adam8bit, TheFirstUpdateIsAdamWs) {
  const Weights eight;
  const Weights full;
  eight.setGradients(3);
  full.setGradients(3);

  adamw8bitDefinition().make(eight.all, kSettings)->step(0.01);
  adamwDefinition().make(full.all, kSettings)->step(0.01);

  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_TRUE(at::equal(eight.all[i].tensor, full.all[i].tensor));
  }
}

// The formula by itself, from the moments as their codes have them.
TEST(Adam8bit, TheSecondUpdateStartsFromTheCodes) {
  const Weights weights;
  const at::Tensor& p = weights.all[0].tensor;
  const auto optimizer = adamw8bitDefinition().make(weights.all, kSettings);
  weights.setGradients(3);
  const at::Tensor first = p.grad().clone();
  optimizer->step(0.01);
  const at::Tensor before = p.detach().clone();
  weights.setGradients(4);
  const at::Tensor second = p.grad().clone();

  optimizer->step(0.01);

  const auto coded = [](const at::Tensor& x, bool is_signed) {
    return decodeBlocks(encodeBlocks(x, is_signed), is_signed, x.sizes());
  };
  const at::Tensor m = 0.9 * coded(0.1 * first, true) + 0.1 * second;
  const at::Tensor v = 0.999 * coded(0.001 * first.square(), false) + 0.001 * second.square();
  const at::Tensor update =
      (m / (1 - 0.9 * 0.9)) / ((v / (1 - 0.999 * 0.999)).sqrt() + kSettings.epsilon);
  EXPECT_LT(largestDifference(p, before - 0.01 * 0.1 * before - 0.01 * update), 1e-10);
}

TEST(Adam8bit, SmallTensorsKeepTheirMomentsInFull) {
  const Weights eight;
  const Weights full;
  const auto coded = adamw8bitDefinition().make(eight.all, kSettings);
  const auto plain = adamwDefinition().make(full.all, kSettings);
  for (std::uint64_t step = 0; step < 5; ++step) {
    eight.setGradients(step);
    full.setGradients(step);
    coded->step(0.01);
    plain->step(0.01);
  }

  EXPECT_TRUE(at::equal(eight.all[1].tensor, full.all[1].tensor));
  const double difference = largestDifference(eight.all[0].tensor, full.all[0].tensor);
  EXPECT_GT(difference, 0);
  EXPECT_LT(difference, 0.02);  // of updates of 0.05 in all
}

TEST(Adam8bit, GoesOnFromItsState) {
  const Weights straight;
  const Weights stopped;
  const auto optimizer = adamw8bitDefinition().make(straight.all, kSettings);
  auto other = adamw8bitDefinition().make(stopped.all, kSettings);
  for (std::uint64_t step = 0; step < 4; ++step) {
    if (step == 2) {
      const NamedTensors state = other->state();
      other = adamw8bitDefinition().make(stopped.all, kSettings);
      other->setState(state);
    }
    straight.setGradients(step);
    stopped.setGradients(step);
    optimizer->step(0.01);
    other->step(0.01);
  }

  EXPECT_TRUE(at::equal(straight.all[0].tensor, stopped.all[0].tensor));
  EXPECT_TRUE(at::equal(straight.all[1].tensor, stopped.all[1].tensor));
}

// Moments of weights of 16 bits are what they are of the same numbers in float.
TEST(Adam8bit, OfWeightsOf16BitsIsThatOfFloatRoundedAfterEachUpdate) {
  const at::Tensor narrow = randomTensor({70, 60}, 1).to(at::kBFloat16).requires_grad_();
  const at::Tensor wide = narrow.detach().to(at::kFloat).requires_grad_();
  auto optimizer = adamw8bitDefinition().make({{"large.weight", narrow}}, kSettings);
  const auto other = adamw8bitDefinition().make({{"large.weight", wide}}, kSettings);
  for (std::uint64_t step = 0; step < 4; ++step) {
    if (step == 2) {  // and it goes on from its state
      const NamedTensors state = optimizer->state();
      optimizer = adamw8bitDefinition().make({{"large.weight", narrow}}, kSettings);
      optimizer->setState(state);
    }
    narrow.mutable_grad() = randomTensor({70, 60}, step, 1e-3).to(at::kBFloat16);
    wide.mutable_grad() = narrow.grad().to(at::kFloat);
    optimizer->step(0.01);
    other->step(0.01);
    const at::NoGradGuard no_grad;
    wide.copy_(wide.to(at::kBFloat16));

    EXPECT_TRUE(at::equal(narrow.to(at::kFloat), wide)) << step;
  }
}

TEST(Adam8bit, HoldsTwoBytesForAWeight) {
  const Weights weights;
  const auto optimizer = adamw8bitDefinition().make({weights.all[0]}, kSettings);
  weights.setGradients(1);
  optimizer->step(0.01);

  std::int64_t bytes = 0;
  for (const NamedTensor& entry : optimizer->state()) {
    bytes += static_cast<std::int64_t>(entry.tensor.nbytes());
  }
  // 17 blocks of 256 codes and a double each, twice; and the number of updates.
  EXPECT_EQ(bytes, 2 * 17 * (256 + 8) + 8);
}

TEST(Adam8bit, GivesItsSecondMoments) {
  const Weights weights;
  const auto optimizer = adamw8bitDefinition().make(weights.all, kSettings);
  weights.setGradients(1);
  optimizer->step(0.01);

  const NamedTensors moments = optimizer->secondMoments();

  ASSERT_EQ(moments.size(), 2U);
  const at::Tensor expected = 0.001 * weights.all[0].tensor.grad().square();
  const at::Tensor& found = *findTensor(moments, "large.weight");
  EXPECT_LT(largestDifference(found, expected), 0.01 * expected.max().item<double>());
}

TEST(Adam8bit, RefusesAnotherState) {
  const Weights weights;
  const auto optimizer = adamw8bitDefinition().make(weights.all, kSettings);
  const auto plain = adamwDefinition().make(weights.all, kSettings);
  weights.setGradients(1);
  plain->step(0.01);

  EXPECT_THROW(optimizer->setState(plain->state()), TrainError);
}

}  // namespace
}  // namespace retort::train
