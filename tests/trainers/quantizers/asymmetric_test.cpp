#include "trainers/quantizers/asymmetric.h"

#include "tests/trainers/quantizers/golden_case.h"

#include <gtest/gtest.h>

namespace retort::train {
namespace {

constexpr QuantizerOptions kPerTensor = {.bits = 8, .granularity = Granularity::kTensor};
constexpr QuantizerOptions kPerRow = {.bits = 8, .granularity = Granularity::kRow};

TEST(Asymmetric, AgreesWithTheAuthorsPerTensor) {
  EXPECT_LT(differenceFromGolden("asym8_tensor", Quantizer(asymmetricQuantize, kPerTensor)), 1e-6);
}

TEST(Asymmetric, AgreesWithTheAuthorsPerRow) {
  EXPECT_LT(differenceFromGolden("asym8_row", Quantizer(asymmetricQuantize, kPerRow)), 1e-6);
}

TEST(Asymmetric, PutsTheGridBetweenTheExtremes) {
  // Two bits on [-1, 2]: levels -1, 0, 1, 2.
  const at::Tensor x = tensorOf({-1.0, 2.0, 0.4, 0.6, 1.7});

  EXPECT_LT(largestDifference(asymmetricQuantize(x, {.bits = 2}), tensorOf({-1, 2, 0, 1, 2})),
            1e-7);
}

TEST(Asymmetric, KeepsConstantTensors) {
  const at::Tensor x = tensorOf({0.3, 0.3, 0.3});

  EXPECT_LT(largestDifference(asymmetricQuantize(x, kPerTensor), x), 1e-15);
  EXPECT_LT(largestDifference(asymmetricQuantize(x * 0, kPerTensor), x * 0), 1e-15);
}

TEST(Asymmetric, UsesAllLevelsForProbabilities) {
  const at::Tensor x = randomTensor({100, 100}, 10).abs().clamp_max(1);

  EXPECT_EQ(countLevels(asymmetricQuantize(x, {.bits = 4})), 16);
}

}  // namespace
}  // namespace retort::train
