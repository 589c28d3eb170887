#include "trainers/quantizers/quantizer.h"

#include "tests/trainers/tensor_testing.h"
#include "trainers/quantizers/symmetric.h"

#include <gtest/gtest.h>

namespace retort::train {
namespace {

TEST(Quantizer, IsTheIdentityByDefault) {
  const Quantizer quantizer;
  const at::Tensor x = tensorOf({5.0}).requires_grad_();

  EXPECT_TRUE(quantizer.isIdentity());
  EXPECT_TRUE(quantizer(x).is_same(x));
}

TEST(Quantizer, PassesItsOwnClipToTheGradient) {
  const Quantizer quantizer(symmetricQuantize, {.clip = 1.0});

  const at::Tensor gradient =
      gradientOf([&](const at::Tensor& x) { return quantizer(x); }, tensorOf({0.5, 1.5}));

  EXPECT_EQ(largestDifference(gradient, tensorOf({1, 0})), 0);
}

TEST(Quantizer, GivesPlainValuesWithoutGradient) {
  const Quantizer quantizer(symmetricQuantize, {});
  const at::Tensor x = tensorOf({0.5, 1.5}).requires_grad_();

  EXPECT_FALSE(quantizer.quantized(x).requires_grad());
  EXPECT_TRUE(quantizer(x).requires_grad());
}

TEST(StatisticSum, IsAScalarPerTensor) {
  const at::Tensor x = tensorOf({{1, 2}, {3, 4}});

  EXPECT_EQ(statisticSum(x, Granularity::kTensor).item<double>(), 10);
  EXPECT_EQ(statisticCount(x, Granularity::kTensor), 4);
}

TEST(StatisticSum, KeepsTheDimensionPerRow) {
  const at::Tensor x = tensorOf({{1, 2}, {3, 4}});

  EXPECT_EQ(largestDifference(statisticSum(x, Granularity::kRow), tensorOf({{3}, {7}})), 0);
  EXPECT_EQ(statisticCount(x, Granularity::kRow), 2);
}

}  // namespace
}  // namespace retort::train
