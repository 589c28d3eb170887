#include "trainers/quantizers/symmetric_full.h"

#include "tests/trainers/quantizers/golden_case.h"
#include "tests/trainers/quantizers/weight_golden.h"

#include <gtest/gtest.h>

namespace retort::train {
namespace {

Quantizer perRow(int bits) {
  return {symmetricFullDefinition(), {.bits = bits, .granularity = Granularity::kRow}};
}

at::Tensor passed(const Quantizer& quantizer, const at::Tensor& x) {
  return gradientOf([&quantizer](const at::Tensor& input) { return quantizer(input); }, x);
}

TEST(SymmetricFull, AgreesWithTorchao) {
  const WeightDifferences found = differencesFromGolden(symmetricFullDefinition());

  EXPECT_EQ(found.cases, 8);
  EXPECT_EQ(found.integers, 0);
  EXPECT_EQ(found.gradients, 0);
  EXPECT_EQ(found.values, 0);
}

TEST(SymmetricFull, UsesAllLevels) {
  // Four bits: -8 … 7 times 7.5 / 7.5.
  const at::Tensor x = tensorOf({{-7.5, 7.4, 0.4, -3.6}});

  EXPECT_LT(largestDifference(perRow(4)(x), tensorOf({{-8, 7, 0, -4}})), 1e-14);
}

TEST(SymmetricFull, TheClampKillsThePositiveMaximumOfARow) {
  // 7.5 steps round to 8, which is no level: the value is clipped to 7 and gets no gradient. The
  // same magnitude below zero is a level.
  const at::Tensor x = tensorOf({{0.75, 0.1, -0.3, 0.2}, {-0.75, 0.1, -0.3, 0.2}});
  const Quantizer quantizer = perRow(4);

  EXPECT_LT(
      largestDifference(quantizer(x), tensorOf({{0.7, 0.1, -0.3, 0.2}, {-0.8, 0.1, -0.3, 0.2}})),
      1e-14);
  EXPECT_EQ(largestDifference(passed(quantizer, x), tensorOf({{0, 1, 1, 1}, {1, 1, 1, 1}})), 0);
}

TEST(SymmetricFull, LosesOnlyPositiveMaxima) {
  const at::Tensor x = randomTensor({64, 256}, 3);
  const at::Tensor lost = passed(perRow(4), x).eq(0).sum(1);

  const at::Tensor largest_is_negative = x.amax(1).lt(-x.amin(1));
  EXPECT_FALSE(lost.gt(0).logical_and(largest_is_negative).any().item<bool>());
  EXPECT_EQ(lost.max().item<std::int64_t>(), 1);
  // About half of the rows; some of the maxima come out of the division just below 7.5 steps.
  EXPECT_GT(lost.sum().item<std::int64_t>(), 64 / 4);
}

TEST(SymmetricFull, GroupsAreRowsOfTheirOwn) {
  const at::Tensor x = randomTensor({3, 8}, 4);
  const Quantizer groups(symmetricFullDefinition(),
                         {.bits = 3, .granularity = Granularity::kGroup, .group_size = 4});

  const at::Tensor rows = x.view({6, 4});
  EXPECT_EQ(largestDifference(groups(x), perRow(3)(rows).view({3, 8})), 0);
  EXPECT_EQ(largestDifference(passed(groups, x), passed(perRow(3), rows).view({3, 8})), 0);
}

TEST(SymmetricFull, GivesZerosForZeros) {
  const at::Tensor x = at::zeros({2, 3}, at::kDouble);

  EXPECT_EQ(largestDifference(perRow(4)(x), x), 0);
  EXPECT_EQ(largestDifference(perRow(2)(x.to(at::kFloat)), x.to(at::kFloat)), 0);
}

TEST(SymmetricFull, RecordsNothingWithoutAGradient) {
  EXPECT_FALSE(perRow(4)(randomTensor({2, 4}, 5)).requires_grad());
  EXPECT_LE(countLevels(perRow(2)(randomTensor({1, 400}, 6))), 4);
}

}  // namespace
}  // namespace retort::train
