#include "trainers/quantizers/straight_through.h"

#include "tests/trainers/tensor_testing.h"

#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>

#include <gtest/gtest.h>

namespace retort::train {
namespace {

TEST(StraightThrough, ReturnsTheQuantizedValues) {
  const at::Tensor x = tensorOf({0.4, -1.6}).requires_grad_();
  const at::Tensor x_q = tensorOf({0.5, -1.5});

  EXPECT_EQ(largestDifference(straightThrough(x, x_q, 2.5), x_q), 0);
}

TEST(StraightThrough, PassesTheGradientInsideTheClipOnly) {
  const at::Tensor x = tensorOf({-3.0, -2.5, -2.4, 0.0, 2.4, 2.5, 3.0});

  const at::Tensor gradient =
      gradientOf([](const at::Tensor& v) { return straightThrough(v, v.detach().round(), 2.5); },
                 x,
                 tensorOf({1, 2, 3, 4, 5, 6, 7}));

  EXPECT_EQ(largestDifference(gradient, tensorOf({0, 0, 3, 4, 5, 0, 0})), 0);
}

TEST(StraightThrough, CanBeDifferentiatedTwice) {
  const at::Tensor x = tensorOf({-3.0, 0.6, 2.4, 2.6}).requires_grad_();
  // L = sum q^3 with q = round(x): dL/dx = 3 q^2 and d2L/dx2 = 6 q inside the clip, 0 beyond.
  const at::Tensor loss = straightThrough(x, x.detach().round(), 2.5).pow(3).sum();

  const at::Tensor first = torch::autograd::grad({loss}, {x}, {}, true, true)[0];
  const at::Tensor second = torch::autograd::grad({first.sum()}, {x})[0];

  EXPECT_EQ(largestDifference(first, tensorOf({0, 3, 12, 0})), 0);
  EXPECT_EQ(largestDifference(second, tensorOf({0, 6, 12, 0})), 0);
}

TEST(StraightThrough, RecordsNothingWithoutGradients) {
  const at::Tensor x = tensorOf({0.4}).requires_grad_();
  const at::Tensor x_q = tensorOf({0.5});

  const at::NoGradGuard no_grad;

  EXPECT_TRUE(straightThrough(x, x_q, 2.5).is_same(x_q));
}

TEST(StraightThrough, RecordsNothingForConstants) {
  const at::Tensor x_q = tensorOf({0.5});

  EXPECT_TRUE(straightThrough(tensorOf({0.4}), x_q, 2.5).is_same(x_q));
}

TEST(StraightThrough, RefusesAnotherShape) {
  EXPECT_THROW(static_cast<void>(straightThrough(tensorOf({1, 2}), tensorOf({1}), 2.5)),
               c10::Error);
}

}  // namespace
}  // namespace retort::train
