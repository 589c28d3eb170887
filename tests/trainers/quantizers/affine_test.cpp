#include "trainers/quantizers/affine.h"

#include "tests/trainers/quantizers/golden_case.h"
#include "tests/trainers/quantizers/weight_golden.h"

#include <gtest/gtest.h>

namespace retort::train {
namespace {

Quantizer perRow(int bits) {
  return {affineDefinition(), {.bits = bits, .granularity = Granularity::kRow}};
}

TEST(Affine, AgreesWithTorchao) {
  const WeightDifferences found = differencesFromGolden(affineDefinition());

  EXPECT_EQ(found.cases, 8);
  EXPECT_EQ(found.integers, 0);
  EXPECT_EQ(found.gradients, 0);
  EXPECT_EQ(found.values, 0);
}

TEST(Affine, ZeroIsALevel) {
  // Two bits between -0.2 and 0.4: the step is 0.2, zero the level 1.
  const at::Tensor x = tensorOf({{-0.2, 0.0, 0.14, 0.4}});

  EXPECT_LT(largestDifference(perRow(2)(x), tensorOf({{-0.2, 0.0, 0.2, 0.4}})), 1e-15);
}

TEST(Affine, TheRangeReachesToZero) {
  // All positive: 0 … 0.6 in steps of 0.2.
  EXPECT_LT(largestDifference(perRow(2)(tensorOf({{0.3, 0.6, 0.11}})), tensorOf({{0.4, 0.6, 0.2}})),
            1e-15);
}

TEST(Affine, ARoundedZeroPointClipsAnEnd) {
  // Two bits between -0.75 and 0.75: the step is 0.5, and zero lies at 1.5, rounded to 2. Then 0.75
  // is two steps above it, rounded, the level 4, which does not exist.
  const at::Tensor x = tensorOf({{-0.75, 0.1, 0.75}});
  const Quantizer quantizer = perRow(2);

  EXPECT_LT(largestDifference(quantizer(x), tensorOf({{-1.0, 0.0, 0.5}})), 1e-15);
  const at::Tensor passed =
      gradientOf([&quantizer](const at::Tensor& input) { return quantizer(input); }, x);
  EXPECT_EQ(largestDifference(passed, tensorOf({{1, 1, 0}})), 0);
}

TEST(Affine, ErrsByHalfAStepAtMost) {
  const at::Tensor x = randomTensor({16, 64}, 7);
  const at::Tensor step = (x.amax(1, true) - x.amin(1, true)) / 7;

  const at::Tensor error = (perRow(3)(x) - x).abs() / step;

  // The ends may miss another half step, for the zero point is rounded.
  EXPECT_LE(error.max().item<double>(), 1 + 1e-12);
  EXPECT_LE(error.mean().item<double>(), 0.26);
}

TEST(Affine, GivesZerosForZeros) {
  const at::Tensor x = at::zeros({2, 3}, at::kFloat);
  EXPECT_EQ(largestDifference(perRow(4)(x), x), 0);
}

}  // namespace
}  // namespace retort::train
