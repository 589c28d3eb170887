#include "trainers/quantizers/fixed_range.h"

#include "tests/trainers/quantizers/held_grid_golden.h"
#include "trainers/quantizers/asymmetric.h"
#include "trainers/quantizers/symmetric.h"

#include <gtest/gtest.h>

namespace retort::train {
namespace {

TEST(FixedRange, IsTheDynamicQuantizerWhenItsRangeIsTheBatchs) {
  const at::Tensor x = randomTensor({7, 9}, 21, 0.6).to(at::kFloat);
  for (const int bits : {2, 4, 8, 12}) {
    const GridOptions options = {.bits = bits};
    const auto quantize = [&](const HeldGrid& grid) {
      return grid.quantize(x, grid.start(statisticsOf(x), options, true), options);
    };
    EXPECT_EQ(
        largestDifference(quantize(fixedSymmetricGrid()), symmetricQuantize(x, {.bits = bits})), 0);
    EXPECT_EQ(
        largestDifference(quantize(fixedAsymmetricGrid()), asymmetricQuantize(x, {.bits = bits})),
        0);
  }
}

TEST(FixedRange, ClipsToItsRange) {
  const at::Tensor x = tensorOf({-3.0, -0.6, 0.2, 3.0});

  EXPECT_LT(largestDifference(fixedSymmetricGrid().quantize(x, {tensorOf({1.5})}, {.bits = 3}),
                              tensorOf({-1.5, -0.5, 0.0, 1.5})),
            1e-15);
  EXPECT_LT(largestDifference(
                fixedAsymmetricGrid().quantize(x, {tensorOf({-1.0}), tensorOf({2.0})}, {.bits = 2}),
                tensorOf({-1.0, -1.0, 0.0, 2.0})),
            1e-7);
}

TEST(FixedRange, ReachesNoFurtherThanTheClip) {
  const at::Tensor x_q =
      fixedSymmetricGrid().quantize(tensorOf({4.0, -4.0}), {tensorOf({9.0})}, {.clip = 2.5});

  EXPECT_LT(largestDifference(x_q, tensorOf({2.5, -2.5})), 1e-15);
}

TEST(FixedRange, PassesTheGradientWithinTheRange) {
  at::Tensor x = tensorOf({-3.0, -1.5, 0.2, 3.0}).requires_grad_(true);

  quantizeOnGrid(fixedSymmetricGrid(), x, {tensorOf({1.5})}, {.bits = 3}).sum().backward();

  EXPECT_EQ(largestDifference(x.grad(), tensorOf({0.0, 1.0, 1.0, 0.0})), 0);
}

TEST(FixedRange, NamesWhatLiesBeyond) {
  const at::Tensor is_clipped = fixedAsymmetricGrid().isClipped(
      tensorOf({-1.1, -1.0, 2.0, 2.1}), {tensorOf({-1.0}), tensorOf({2.0})}, {});

  EXPECT_EQ(largestDifference(is_clipped.to(at::kDouble), tensorOf({1.0, 0.0, 0.0, 1.0})), 0);
}

TEST(FixedRange, GivesZerosForZeros) {
  const at::Tensor zeros = tensorOf({0.0, 0.0});
  for (const HeldGrid* grid : {&fixedSymmetricGrid(), &fixedAsymmetricGrid()}) {
    const std::vector<at::Tensor> first = grid->start(statisticsOf(zeros), {}, true);
    EXPECT_EQ(largestDifference(grid->quantize(zeros, first, {}), zeros), 0);
  }
}

}  // namespace
}  // namespace retort::train
