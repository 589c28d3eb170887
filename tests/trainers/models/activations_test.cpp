#include "trainers/models/activations.h"

#include "tests/trainers/tensor_testing.h"

#include <ATen/core/grad_mode.h>

#include <gtest/gtest.h>

#include <cmath>

namespace retort::train {
namespace {

TEST(WrittenOutGelu, FollowsTheFormula) {
  const at::Tensor y = writtenOutGelu(tensorOf({-2.0, 0.0, 1.0}));

  EXPECT_NEAR(y[0].item<double>(), -1 * (1 + std::erf(-std::sqrt(2.0))), 1e-15);
  EXPECT_EQ(y[1].item<double>(), 0);
  // Phi(1) = 0.8413447460685429.
  EXPECT_NEAR(y[2].item<double>(), 0.8413447460685429, 1e-15);
}

TEST(WrittenOutGelu, EqualsTheExpressionBitForBit) {
  const at::Tensor x = randomTensor({50, 50}, 71, 2).to(at::kFloat);

  const at::Tensor expected = x * 0.5 * (1.0 + (x / std::sqrt(2.0)).erf());

  EXPECT_EQ(largestDifference(writtenOutGelu(x), expected), 0);
}

TEST(WrittenOutGelu, HasTheRightGradient) {
  EXPECT_LT(gradientError([](const at::Tensor& x) { return writtenOutGelu(x).sum(); },
                          randomTensor({7}, 72, 2)),
            1e-8);
}

TEST(WrittenOutGelu, LeavesItsInputAlone) {
  const at::Tensor x = randomTensor({5}, 73);
  const at::Tensor copy = x.clone();
  const at::NoGradGuard no_grad;

  static_cast<void>(writtenOutGelu(x));

  EXPECT_EQ(largestDifference(x, copy), 0);
}

}  // namespace
}  // namespace retort::train
