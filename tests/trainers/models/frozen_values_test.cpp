#include "trainers/models/frozen_values.h"

#include "tests/trainers/tensor_memory.h"
#include "tests/trainers/tensor_testing.h"
#include "trainers/models/weight_matrix.h"
#include "trainers/quantizers/weight_precision.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <gtest/gtest.h>

namespace retort::train {
namespace {

/// Counts how often it is called.
struct Rounding {
  at::Tensor x;
  int calls = 0;

  at::Tensor operator()() {
    ++calls;
    return x.round();
  }
};

at::Tensor get(FrozenValues& values, Rounding& rounding) {
  return values.get([&] { return rounding(); });
}

TEST(FrozenValues, AreComputedOnce) {
  Rounding rounding{.x = tensorOf({0.4, 1.6})};
  FrozenValues values({rounding.x});

  const at::Tensor first = get(values, rounding);
  const at::Tensor second = get(values, rounding);

  EXPECT_EQ(rounding.calls, 1);
  EXPECT_TRUE(at::equal(first, tensorOf({0.0, 2.0})));
  EXPECT_TRUE(second.is_same(first));
}

TEST(FrozenValues, FollowWhatIsWrittenToTheirSources) {
  Rounding rounding{.x = tensorOf({0.4, 1.6})};
  const at::Tensor step = tensorOf({1.0});
  FrozenValues values({rounding.x, step});
  static_cast<void>(get(values, rounding));

  rounding.x.copy_(tensorOf({3.2, 4.8}));
  EXPECT_TRUE(at::equal(get(values, rounding), tensorOf({3.0, 5.0})));
  step.mul_(2);
  static_cast<void>(get(values, rounding));
  EXPECT_EQ(rounding.calls, 3);
  rounding.x.set_data(tensorOf({7.9, 0.0}));
  EXPECT_TRUE(at::equal(get(values, rounding), tensorOf({8.0, 0.0})));
}

TEST(FrozenValues, AreNotHeldWhileASourceIsTrained) {
  const at::Tensor step = tensorOf({0.5}).requires_grad_();
  FrozenValues values({step});
  const auto scaled = [&] {
    return step * 3;
  };

  EXPECT_TRUE(values.get(scaled).requires_grad());
  step.requires_grad_(false);
  EXPECT_FALSE(values.get(scaled).requires_grad());
}

/// A frozen weight of 4 bits in rows, once with the values held.
WeightMatrix frozenWeight(const at::Tensor& latent) {
  const Quantizer quantizer =
      makeWeightQuantizer({.scheme = "symmetric", .bits = 4, .granularity = "row"}, /*clip=*/2.5);
  return {.latent = latent,
          .quantizer = quantizer,
          .second_moment = {},
          .frozen = std::make_shared<FrozenValues>(std::vector<at::Tensor>{latent})};
}

// A linear keeps its input for the gradient of its weight alone.
TEST(FrozenWeight, NothingIsKeptForItsGradient) {
  const WeightMatrix weight = frozenWeight(randomTensor({24, 16}, 1));
  const at::Tensor x = randomTensor({2, 5, 16}, 2).requires_grad_();
  static_cast<void>(weight.quantized());
  const TensorMemory memory;

  at::Tensor y = at::linear(x * 2, weight.quantized());

  EXPECT_EQ(memory.live(), 2 * 5 * 24 * 8);  // y, and neither its input nor a quantized weight
  weight.latent.requires_grad_();
  y = at::linear(x * 2, weight.quantized());
  EXPECT_GE(memory.live(), (2 * 5 * (24 + 16) + 24 * 16) * 8);
}

TEST(FrozenWeight, PassesTheGradientOn) {
  const WeightMatrix weight = frozenWeight(tensorOf({{0.7, -0.24}, {0.1, 1.4}}));
  const at::Tensor x = tensorOf({{1.0, 2.0}}).requires_grad_();

  at::linear(x, weight.quantized()).sum().backward();

  // Steps 0.1 and 0.2: the rows are (7, -2) * 0.1 and (0 or 1 of a tie, 7) * 0.2.
  EXPECT_LT(largestDifference(weight.quantized()[0], tensorOf({0.7, -0.2})), 1e-15);
  EXPECT_LT(largestDifference(x.grad(), weight.quantized().sum(0, /*keepdim=*/true)), 1e-15);
  EXPECT_FALSE(weight.latent.grad().defined());
}

}  // namespace
}  // namespace retort::train
