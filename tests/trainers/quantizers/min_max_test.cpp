#include "trainers/quantizers/min_max.h"

#include "tests/trainers/quantizers/held_grid_golden.h"
#include "trainers/quantizers/quantizer.h"

#include <ATen/ATen.h>

#include <gtest/gtest.h>

namespace retort::train {
namespace {

constexpr double kTolerance = 1e-13;

TEST(MinMax, AgreesWithTheSecondImplementation) {
  EXPECT_LT(differenceFromGolden(minMaxGrid(), "min_max"), kTolerance);
  EXPECT_LT(differenceFromGolden(minMaxGrid(), "min_max_heads"), kTolerance);
}

TEST(BetaGamma, AgreesWithTheSecondImplementation) {
  EXPECT_LT(differenceFromGolden(betaGammaGrid(), "beta_gamma"), kTolerance);
  EXPECT_LT(differenceFromGolden(betaGammaGrid(), "beta_gamma_heads"), kTolerance);
}

TEST(MinMax, LaysItsLevelsBetweenItsEnds) {
  // Two bits between -0.5 and 1: steps of 0.5, zero is the level 1.
  const std::vector<at::Tensor> ends = {tensorOf({-0.5}), tensorOf({1.0})};
  const at::Tensor x = tensorOf({-3.0, -0.3, 0.2, 0.8, 3.0});

  EXPECT_LT(largestDifference(minMaxGrid().quantize(x, ends, {.bits = 2}),
                              tensorOf({-0.5, -0.5, 0.0, 1.0, 1.0})),
            kTolerance);
  EXPECT_EQ(largestDifference(minMaxGrid().isClipped(x, ends, {.bits = 2}).to(at::kDouble),
                              tensorOf({1, 0, 0, 0, 1})),
            0);
}

TEST(MinMax, ClippedValuesMoveWithTheEndTheyAreClippedTo) {
  const GridDerivatives local = minMaxGrid().derivatives(
      tensorOf({-3.0, 3.0}), {tensorOf({-0.5}), tensorOf({1.0})}, {.bits = 2});

  EXPECT_LT(largestDifference(local.parameters[0], tensorOf({1.0, 0.0})), kTolerance);
  EXPECT_LT(largestDifference(local.parameters[1], tensorOf({0.0, 1.0})), kTolerance);
  EXPECT_EQ(largestDifference(local.input, tensorOf({0.0, 0.0})), 0);
}

TEST(MinMax, StartsAtTheExtremes) {
  const std::vector<at::Tensor> ends =
      minMaxGrid().start(statisticsOf(tensorOf({-1.0, 0.4, 2.0})), {.bits = 4}, false);

  EXPECT_EQ(largestDifference(ends[0], tensorOf({-1.0})), 0);
  EXPECT_EQ(largestDifference(ends[1], tensorOf({2.0})), 0);
}

TEST(MinMax, EqualEndsGiveOneLevelAndNoNaN) {
  const at::Tensor x = tensorOf({0.0, 0.0});
  const at::Tensor x_q = minMaxGrid().quantize(x, {tensorOf({0.0}), tensorOf({0.0})}, {.bits = 4});
  EXPECT_EQ(largestDifference(x_q, x), 0);
}

TEST(BetaGamma, OfOneIsMinMaxAtTheExtremes) {
  const at::Tensor x = randomTensor({4, 32}, 9);
  const at::Tensor ones = at::ones({4, 1}, at::kDouble);

  EXPECT_EQ(
      largestDifference(betaGammaGrid().quantize(x, {ones, ones}, {.bits = 3}),
                        minMaxGrid().quantize(x, {x.amin(1, true), x.amax(1, true)}, {.bits = 3})),
      0);
}

Quantizer weightGrid(const HeldGrid& grid, GridStart start, Granularity granularity) {
  return {grid, start, {.bits = 3, .granularity = granularity, .group_size = 8}};
}

double meanError(const Quantizer& quantizer, const at::Tensor& x) {
  return (quantizer.bound(quantizer.startParameters(x)).quantized(x) - x)
      .square()
      .mean()
      .item<double>();
}

class GridStarts : public testing::TestWithParam<const char*> {
 protected:
  const HeldGrid& grid_ = *findHeldGrid(GetParam());
};

TEST_P(GridStarts, GroupsAreRowsOfTheirOwn) {
  const at::Tensor x = randomTensor({3, 16}, 10);
  const Quantizer groups = weightGrid(grid_, GridStart::kExtremes, Granularity::kGroup);
  const Quantizer rows = weightGrid(grid_, GridStart::kExtremes, Granularity::kRow);
  const std::vector<at::Tensor> first = groups.startParameters(x);

  ASSERT_EQ(first.front().sizes(), at::IntArrayRef({6, 1}));
  EXPECT_EQ(largestDifference(
                groups.bound(first)(x),
                rows.bound(rows.startParameters(x.view({6, 8})))(x.view({6, 8})).view({3, 16})),
            0);
}

TEST_P(GridStarts, LeastErrorIsTheBestShareOfTheExtremes) {
  const at::Tensor x = randomTensor({2, 64}, 11);
  const Quantizer searched = weightGrid(grid_, GridStart::kLeastError, Granularity::kRow);
  const std::vector<at::Tensor> found = searched.startParameters(x);
  const auto errors = [&](const std::vector<at::Tensor>& parameters) {
    return (grid_.quantize(x, parameters, {.bits = 3}) - x).square().mean(1);
  };
  const at::Tensor least = errors(found);

  for (int i = 0; i < 80; ++i) {
    const double share = 1 - i / 100.0;
    const RangeStatistics seen = {.low = x.amin(1, true) * share,
                                  .high = x.amax(1, true) * share,
                                  .mean_magnitude = x.abs().mean(1, true),
                                  .share = share};
    const at::Tensor tried = errors(grid_.start(seen, {.bits = 3}, /*uses_range=*/true));
    EXPECT_TRUE((least <= tried).all().item<bool>()) << share;
  }
  // A bell's tails are worth clipping on so few levels.
  EXPECT_LT(meanError(searched, x),
            meanError(weightGrid(grid_, GridStart::kExtremes, Granularity::kRow), x));
}

INSTANTIATE_TEST_SUITE_P(All,
                         GridStarts,
                         testing::Values("lsq", "min_max", "beta_gamma"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace retort::train
