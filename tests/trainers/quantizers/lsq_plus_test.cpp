#include "trainers/quantizers/lsq_plus.h"

#include "tests/trainers/quantizers/held_grid_golden.h"

#include <gtest/gtest.h>

namespace retort::train {
namespace {

constexpr double kTolerance = 1e-14;

TEST(LsqPlus, AgreesWithTheSecondImplementation) {
  EXPECT_LT(differenceFromGolden(lsqPlusGrid(), "lsq_plus"), kTolerance);
  EXPECT_LT(differenceFromGolden(lsqPlusGrid(), "lsq_plus_heads"), kTolerance);
}

TEST(LsqPlus, LaysItsLevelsFromTheOffsetUp) {
  // Two bits: -0.7 + 0, 1, 2, 3 times 0.5.
  const at::Tensor x_q = lsqPlusGrid().quantize(
      tensorOf({-5.0, -0.3, 0.2, 5.0}), {tensorOf({0.5}), tensorOf({-0.7})}, {.bits = 2});

  EXPECT_LT(largestDifference(x_q, tensorOf({-0.7, -0.2, 0.3, 0.8})), kTolerance);
}

TEST(LsqPlus, OffsetMovesOnlyWhatIsClipped) {
  const GridDerivatives local = lsqPlusGrid().derivatives(
      tensorOf({-5.0, -0.3, 0.2, 5.0}), {tensorOf({0.5}), tensorOf({-0.7})}, {.bits = 2});

  EXPECT_EQ(largestDifference(local.parameters[1], tensorOf({1.0, 0.0, 0.0, 1.0})), 0);
}

TEST(LsqPlus, StartsWithTheWholeRange) {
  const at::Tensor x = tensorOf({-1.0, 0.4, 2.0});

  const std::vector<at::Tensor> first =
      lsqPlusGrid().start(statisticsOf(x), {.bits = 2}, /*uses_range=*/false);

  EXPECT_LT(largestDifference(first[0], tensorOf({1.0})), kTolerance);
  EXPECT_LT(largestDifference(first[1], tensorOf({-1.0})), kTolerance);
  EXPECT_FALSE(lsqPlusGrid().isClipped(x, first, {.bits = 2}).any().item<bool>());
}

}  // namespace
}  // namespace retort::train
