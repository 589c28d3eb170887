#include "trainers/quantizers/quantizer.h"

#include "tests/trainers/tensor_testing.h"
#include "trainers/quantizers/symmetric.h"
#include "trainers/quantizers/ternary.h"

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

TEST(Quantizer, GivesEachGroupItsOwnScale) {
  const at::Tensor x = tensorOf({{1, -1, 0.1, 0.02}, {0.5, 0.02, -2, 2}});
  const Quantizer quantizer(ternaryQuantize, {.granularity = Granularity::kGroup, .group_size = 2});

  EXPECT_LT(largestDifference(quantizer(x), tensorOf({{1, -1, 0.1, 0}, {0.5, 0, -2, 2}})), 1e-15);
}

TEST(Quantizer, RefusesGroupsThatDoNotFit) {
  const Quantizer quantizer(ternaryQuantize, {.granularity = Granularity::kGroup, .group_size = 3});

  EXPECT_THROW(static_cast<void>(quantizer(tensorOf({{1, 2, 3, 4}}))), c10::Error);
}

TEST(Quantizer, PassesTheWholeGradientWhereTheDefinitionSaysSo) {
  QuantizerDefinition definition = {.quantize = ternaryQuantize};
  const at::Tensor x = tensorOf({-3.0, 0.5, 3.0});
  const auto gradient = [&x](const QuantizerDefinition& of) {
    const Quantizer quantizer(of, {});
    return gradientOf([&quantizer](const at::Tensor& v) { return quantizer(v); }, x);
  };

  EXPECT_EQ(largestDifference(gradient(definition), tensorOf({0, 1, 0})), 0);

  definition.has_plain_gradient = true;
  EXPECT_EQ(largestDifference(gradient(definition), tensorOf({1, 1, 1})), 0);
}

TEST(Quantizer, IsRowLocalUnlessStatisticsAreOfTheTensor) {
  const QuantizerDefinition by_part = {.quantize = ternaryQuantize};
  const QuantizerDefinition by_whole = {.quantize = ternaryQuantize, .sees_whole_tensor = true};

  EXPECT_FALSE(Quantizer(by_part, {}).isRowLocal());
  EXPECT_TRUE(Quantizer(by_part, {.granularity = Granularity::kRow}).isRowLocal());
  EXPECT_TRUE(Quantizer(by_part, {.granularity = Granularity::kGroup}).isRowLocal());
  EXPECT_FALSE(Quantizer(by_whole, {.granularity = Granularity::kRow}).isRowLocal());
}

/// Two forms of one quantizer that can be told apart.
at::Tensor plainZero(const at::Tensor& x, const QuantizerOptions& /*options*/) {
  return x * 0;
}

at::Tensor curvatureItself(const at::Tensor& /*x*/,
                           const at::Tensor& curvature,
                           const QuantizerOptions& /*options*/) {
  return curvature;
}

TEST(Quantizer, HandsTheRootOfTheSecondMomentOn) {
  const QuantizerDefinition definition = {.quantize = plainZero,
                                          .quantize_by_curvature = curvatureItself};
  const at::Tensor x = tensorOf({1, 2});
  const at::Tensor moment = tensorOf({4, 9});

  EXPECT_LT(largestDifference(Quantizer(definition, {.uses_curvature = true})(x, moment),
                              tensorOf({2 + 1e-8, 3 + 1e-8})),
            1e-15);
  EXPECT_EQ(largestDifference(Quantizer(definition, {.uses_curvature = true})(x), x * 0), 0);
  EXPECT_EQ(largestDifference(Quantizer(definition, {})(x, moment), x * 0), 0);
}

}  // namespace
}  // namespace retort::train
