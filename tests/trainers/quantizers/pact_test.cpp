#include "trainers/quantizers/pact.h"

#include "tests/trainers/quantizers/held_grid_golden.h"

#include <gtest/gtest.h>

namespace retort::train {
namespace {

constexpr double kTolerance = 1e-14;

std::vector<at::Tensor> clips(double low, double high) {
  return {tensorOf({low}), tensorOf({high})};
}

TEST(Pact, AgreesWithTheSecondImplementation) {
  EXPECT_LT(differenceFromGolden(pactGrid(), "pact_signed"), kTolerance);
  EXPECT_LT(differenceFromGolden(pactGrid(), "pact_unsigned"), kTolerance);
}

TEST(Pact, LaysItsLevelsBetweenTheClips) {
  // Two bits: -1, 0, 1, 2.
  const at::Tensor x_q =
      pactGrid().quantize(tensorOf({-4.0, -0.4, 0.6, 4.0}), clips(-1, 2), {.bits = 2});

  EXPECT_LT(largestDifference(x_q, tensorOf({-1.0, 0.0, 1.0, 2.0})), kTolerance);
}

TEST(Pact, BeginsAtZeroWhenUnsigned) {
  const at::Tensor x_q = pactGrid().quantize(
      tensorOf({-4.0, 0.4, 1.6, 4.0}), clips(-1, 3), {.bits = 2, .is_unsigned = true});

  EXPECT_LT(largestDifference(x_q, tensorOf({0.0, 0.0, 2.0, 3.0})), kTolerance);
}

TEST(Pact, ClipsLearnFromWhatTheyClip) {
  const at::Tensor x = tensorOf({-4.0, -1.0, 0.5, 2.0, 4.0});
  const GridDerivatives local = pactGrid().derivatives(x, clips(-1, 2), {.bits = 2});

  EXPECT_EQ(largestDifference(local.parameters[0], tensorOf({1.0, 1.0, 0.0, 0.0, 0.0})), 0);
  EXPECT_EQ(largestDifference(local.parameters[1], tensorOf({0.0, 0.0, 0.0, 1.0, 1.0})), 0);
  EXPECT_EQ(largestDifference(local.input, tensorOf({0.0, 0.0, 1.0, 0.0, 0.0})), 0);
}

TEST(Pact, StartsAtTheExtremes) {
  const RangeStatistics seen = statisticsOf(tensorOf({-1.0, 2.0}));

  EXPECT_EQ(pactGrid().start(seen, {}, false)[0].item<double>(), -1);
  EXPECT_EQ(pactGrid().start(seen, {}, false)[1].item<double>(), 2);
  EXPECT_EQ(pactGrid().start(seen, {.is_unsigned = true}, false)[0].item<double>(), 0);
}

TEST(Pact, StaysFiniteWhenTrainingClosedTheRange) {
  const at::Tensor x_q = pactGrid().quantize(tensorOf({-1.0, 0.0, 1.0}), clips(0, 0), {.bits = 2});

  EXPECT_EQ(largestDifference(x_q, tensorOf({0.0, 0.0, 0.0})), 0);
}

}  // namespace
}  // namespace retort::train
