#include "trainers/quantizers/laq.h"

#include "tests/trainers/quantizers/golden_case.h"

#include <gtest/gtest.h>

namespace retort::train {
namespace {

constexpr QuantizerOptions kTernary = {.bits = 2};
constexpr QuantizerOptions kMinimising = {.bits = 3, .minimises_error = true};

/// sum d (w - w_q)^2.
double weightedError(const at::Tensor& w, const at::Tensor& w_q, const at::Tensor& d) {
  return ((w - w_q).square() * d).sum().item<double>();
}

TEST(Laq, AgreesWithASecondImplementation) {
  EXPECT_LT(differenceFromSecondImplementation(laqDefinition()), 1e-14);
}

TEST(Laq, FindsThreeLevelsByHand) {
  // alpha: 0.5, then (1 + 0.6 + 0.3) / 3, then (1 + 0.6) / 2; 0.3 and 0.1 round to 0.
  const at::Tensor w = tensorOf({{1.0, -0.6}, {0.3, 0.1}});

  EXPECT_LT(largestDifference(laqQuantize(w, kTernary), tensorOf({{0.8, -0.8}, {0, 0}})), 1e-15);
}

TEST(Laq, GoesWhereTheCurvatureIs) {
  // 0.3 counts ten times: alpha = (1 + 0.6 + 3) / 12, and 0.3 rounds to a level.
  const at::Tensor w = tensorOf({{1.0, -0.6}, {0.3, 0.1}});
  const at::Tensor d = tensorOf({{1, 1}, {10, 1}});
  const double alpha = 4.6 / 12;

  EXPECT_LT(largestDifference(laqQuantizeByCurvature(w, d, kTernary),
                              tensorOf({{alpha, -alpha}, {alpha, 0}})),
            1e-15);
}

TEST(Laq, IsBinaryWithOneBit) {
  const at::Tensor w = tensorOf({{1.0, -0.5}});
  const at::Tensor d = tensorOf({{1, 3}});

  EXPECT_LT(
      largestDifference(laqQuantizeByCurvature(w, d, {.bits = 1}), tensorOf({{0.625, -0.625}})),
      1e-15);
}

TEST(Laq, DependsOnTheRatiosOfCurvatureOnly) {
  const at::Tensor w = randomTensor({8, 8}, 3);
  const at::Tensor d = randomTensor({8, 8}, 4).abs() + 0.1;

  EXPECT_LT(largestDifference(laqQuantizeByCurvature(w, d, {.bits = 4}),
                              laqQuantizeByCurvature(w, d * 1e-6, {.bits = 4})),
            1e-14);
}

TEST(Laq, MinimisesTheErrorForItsLevels) {
  const at::Tensor w = randomTensor({16, 16}, 5);
  const at::Tensor d = randomTensor({16, 16}, 6).abs() + 0.1;

  const at::Tensor w_q = laqQuantizeByCurvature(w, d, kMinimising);

  const double least = weightedError(w, w_q, d);
  for (const double factor : {0.99, 0.999, 1.001, 1.01}) {
    EXPECT_GT(weightedError(w, w_q * factor, d), least) << factor;
  }
  EXPECT_LT(least, weightedError(w, laqQuantizeByCurvature(w, d, {.bits = 3}), d));
}

TEST(Laq, HasTheLevelsOfItsBits) {
  EXPECT_EQ(countLevels(laqQuantize(randomTensor({40, 30}, 1), kTernary)), 3);
  EXPECT_EQ(countLevels(laqQuantize(randomTensor({40, 30}, 1), {.bits = 3})), 7);
}

TEST(Laq, TakesTheOptimizersSecondMoment) {
  const at::Tensor w = tensorOf({{1.0, -0.6}, {0.3, 0.1}});
  const at::Tensor moment = tensorOf({{1, 1}, {100, 1}});
  const Quantizer by_curvature(laqDefinition(), {.bits = 2, .uses_curvature = true});
  const double alpha = 4.6 / 12;

  EXPECT_LT(largestDifference(by_curvature(w, moment), tensorOf({{alpha, -alpha}, {alpha, 0}})),
            1e-7);
  EXPECT_EQ(largestDifference(by_curvature(w), laqQuantize(w, kTernary)), 0);
}

TEST(Laq, RefusesACurvatureOfAnotherShape) {
  EXPECT_THROW(static_cast<void>(laqQuantizeByCurvature(tensorOf({1, 2}), tensorOf({1}), kTernary)),
               c10::Error);
}

}  // namespace
}  // namespace retort::train
