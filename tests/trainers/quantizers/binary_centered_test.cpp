#include "trainers/quantizers/binary_centered.h"

#include "tests/trainers/quantizers/golden_case.h"

#include <gtest/gtest.h>

namespace retort::train {
namespace {

TEST(BinaryCentered, AgreesWithASecondImplementation) {
  EXPECT_LT(differenceFromSecondImplementation(binaryCenteredDefinition()), 1e-14);
}

TEST(BinaryCentered, SplitsAtTheMean) {
  // mean 1: 0.5 lies below it, although it is positive; mean|w| is 1.5.
  const at::Tensor w = tensorOf({{0.5, 3.0}, {1.5, -1.0}});

  EXPECT_LT(largestDifference(binaryCenteredQuantize(w, {}), tensorOf({{-1.5, 1.5}, {1.5, -1.5}})),
            1e-15);
}

TEST(BinaryCentered, KeepsTheTensorsMeanForRows) {
  // The first row has the level 1.75 and lies on both sides of the tensor's mean 1.
  const at::Tensor w = tensorOf({{0.5, 3.0}, {1.5, -1.0}});

  EXPECT_LT(largestDifference(binaryCenteredQuantize(w, {.granularity = Granularity::kRow}),
                              tensorOf({{-1.75, 1.75}, {1.25, -1.25}})),
            1e-15);
}

TEST(BinaryCentered, NeedsTheWholeTensor) {
  EXPECT_FALSE(
      Quantizer(binaryCenteredDefinition(), {.granularity = Granularity::kRow}).isRowLocal());
}

TEST(BinaryCentered, PassesTheGradientEverywhere) {
  const Quantizer quantizer(binaryCenteredDefinition(), {});
  const at::Tensor weight = tensorOf({{2, 3}});

  const at::Tensor gradient = gradientOf(
      [&quantizer](const at::Tensor& w) { return quantizer(w); }, tensorOf({{9, -1}}), weight);

  EXPECT_EQ(largestDifference(gradient, weight), 0);
}

}  // namespace
}  // namespace retort::train
