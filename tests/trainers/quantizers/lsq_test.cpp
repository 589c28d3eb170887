#include "trainers/quantizers/lsq.h"

#include "tests/trainers/quantizers/held_grid_golden.h"

#include <gtest/gtest.h>

#include <cmath>

namespace retort::train {
namespace {

constexpr double kTolerance = 1e-14;

at::Tensor quantize(const at::Tensor& x, double step, const GridOptions& options) {
  return lsqGrid().quantize(x, {tensorOf({step})}, options);
}

TEST(Lsq, AgreesWithTheSecondImplementation) {
  for (const char* name : {"lsq_signed", "lsq_unsigned", "lsq_heads", "lsq_heads_unsigned"}) {
    EXPECT_LT(differenceFromGolden(lsqGrid(), name), kTolerance) << name;
  }
}

TEST(Lsq, HasOneMoreLevelBelowZeroThanAbove) {
  const at::Tensor x = tensorOf({-9.0, -1.0, 0.2, 0.3, 9.0});

  // Two bits: -2, -1, 0, 1 times 0.5.
  EXPECT_LT(largestDifference(quantize(x, 0.5, {.bits = 2}), tensorOf({-1.0, -1.0, 0, 0.5, 0.5})),
            kTolerance);
}

TEST(Lsq, CountsFromTheSmallestValueWhenUnsigned) {
  const at::Tensor x = tensorOf({-0.3, 0.0, 0.34, 9.0});

  // Two bits: -0.3 + 0, 1, 2, 3 times 0.4.
  EXPECT_LT(largestDifference(quantize(x, 0.4, {.bits = 2, .is_unsigned = true}),
                              tensorOf({-0.3, 0.1, 0.5, 0.9})),
            kTolerance);
}

TEST(Lsq, DerivativesAreThoseOfItsFormula) {
  // v = -3 is below -2, v = 9 above 1; v = 0.5 rounds to 0 and v = -1.25 to -1.
  const GridDerivatives local =
      lsqGrid().derivatives(tensorOf({-1.5, 4.5, 0.25, -0.625}), {tensorOf({0.5})}, {.bits = 2});

  EXPECT_LT(largestDifference(local.input, tensorOf({0.0, 0.0, 1.0, 1.0})), kTolerance);
  EXPECT_LT(largestDifference(local.parameters[0], tensorOf({-2.0, 1.0, -0.5, 0.25})), kTolerance);
}

TEST(Lsq, StepDerivativeIsTheSlopeWhileRoundingStandsStill) {
  const at::Tensor x = randomTensor({40}, 3);
  const GridOptions options = {.bits = 3};
  const double step = 0.31;
  const double nudge = 1e-6;
  // What rounding adds to x, in steps, is held at its value for the step in the middle.
  const at::Tensor v = x / step;
  const auto held = [&](double a) {
    const at::Tensor moved = (x / a + (v.round() - v)) * a;
    const at::Tensor inside = v.ge(-4).logical_and(v.le(3)).to(at::kDouble);
    return moved * inside + v.clamp(-4, 3) * (1 - inside) * a;
  };

  const at::Tensor slope = (held(step + nudge) - held(step - nudge)) / (2 * nudge);
  const GridDerivatives local = lsqGrid().derivatives(x, {tensorOf({step})}, options);

  EXPECT_LT(largestDifference(local.parameters[0], slope), 1e-8);
}

TEST(Lsq, StartsAsItsAuthors) {
  const RangeStatistics seen = statisticsOf(tensorOf({-1.0, 2.0, 3.0}));
  const auto start = [&](const GridOptions& options, bool uses_range) {
    return lsqGrid().start(seen, options, uses_range)[0].item<double>();
  };

  EXPECT_NEAR(start({.bits = 3}, false), 2 * 2 / std::sqrt(3.0), kTolerance);
  EXPECT_NEAR(start({.bits = 3, .is_unsigned = true}, false), 4 * 2 / std::sqrt(7.0), kTolerance);
  EXPECT_NEAR(start({.bits = 3}, true), 1, kTolerance);
  EXPECT_NEAR(start({.bits = 2, .is_unsigned = true}, true), 4.0 / 3, kTolerance);
}

TEST(Lsq, KeepsAStepThatTrainingMadeNegativeUsable) {
  const at::Tensor x_q = quantize(tensorOf({1.0, -1.0}), -0.5, {.bits = 2});

  EXPECT_LT(largestDifference(x_q, tensorOf({1e-5, -2e-5})), kTolerance);
}

TEST(Lsq, NamesWhatLiesBeyondItsGrid) {
  const at::Tensor is_clipped =
      lsqGrid().isClipped(tensorOf({-1.1, -1.0, 0.5, 0.6}), {tensorOf({0.5})}, {.bits = 2});

  EXPECT_EQ(largestDifference(is_clipped.to(at::kDouble), tensorOf({1.0, 0.0, 0.0, 1.0})), 0);
}

}  // namespace
}  // namespace retort::train
