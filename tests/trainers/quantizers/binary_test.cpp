#include "trainers/quantizers/binary.h"

#include "tests/trainers/quantizers/golden_case.h"

#include <gtest/gtest.h>

namespace retort::train {
namespace {

TEST(Binary, AgreesWithASecondImplementation) {
  EXPECT_LT(differenceFromSecondImplementation(binaryDefinition()), 1e-14);
}

TEST(Binary, HasTheMeanMagnitudeAsItsLevel) {
  const at::Tensor w = tensorOf({{1.0, -2.0}, {0.5, -0.1}});

  EXPECT_LT(largestDifference(binaryQuantize(w, {}), tensorOf({{0.9, -0.9}, {0.9, -0.9}})), 1e-15);
  EXPECT_LT(largestDifference(binaryQuantize(w, {.granularity = Granularity::kRow}),
                              tensorOf({{1.5, -1.5}, {0.3, -0.3}})),
            1e-15);
}

TEST(Binary, ClipsNothing) {
  const at::Tensor w = tensorOf({{9.0, -1.0}});

  EXPECT_EQ(largestDifference(binaryQuantize(w, {}), tensorOf({{5, -5}})), 0);
}

TEST(Binary, PassesTheGradientEverywhere) {
  const Quantizer quantizer(binaryDefinition(), {});
  const at::Tensor weight = tensorOf({{2, 3}});

  const at::Tensor gradient = gradientOf(
      [&quantizer](const at::Tensor& w) { return quantizer(w); }, tensorOf({{9, -1}}), weight);

  EXPECT_EQ(largestDifference(gradient, weight), 0);
}

}  // namespace
}  // namespace retort::train
