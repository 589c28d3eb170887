#include "trainers/quantizers/symmetric.h"

#include "tests/trainers/quantizers/golden_case.h"

#include <gtest/gtest.h>

namespace retort::train {
namespace {

constexpr QuantizerOptions kPerTensor = {.bits = 8, .granularity = Granularity::kTensor};
constexpr QuantizerOptions kPerRow = {.bits = 8, .granularity = Granularity::kRow};

TEST(Symmetric, AgreesWithTheAuthorsPerTensor) {
  EXPECT_EQ(differenceFromGolden("sym8_tensor", Quantizer(symmetricQuantize, kPerTensor)), 0);
}

TEST(Symmetric, AgreesWithTheAuthorsPerRow) {
  EXPECT_EQ(differenceFromGolden("sym8_row", Quantizer(symmetricQuantize, kPerRow)), 0);
}

TEST(Symmetric, AgreesWithTheAuthorsOnTwoBits) {
  EXPECT_EQ(differenceFromGolden("sym2_tensor", Quantizer(symmetricQuantize, {.bits = 2})), 0);
}

TEST(Symmetric, RoundsOnTheGridOfTheLargestMagnitude) {
  // Three bits: the grid is -3 .. 3 times 1.5 / 3.
  const at::Tensor x = tensorOf({1.5, -0.7, 0.2, 0.8});

  EXPECT_LT(largestDifference(symmetricQuantize(x, {.bits = 3}), tensorOf({1.5, -0.5, 0, 1.0})),
            1e-15);
}

TEST(Symmetric, RoundsHalvesToEven) {
  const at::Tensor x = tensorOf({1.5, 0.25, 0.75, -0.25, -0.75});

  EXPECT_LT(largestDifference(symmetricQuantize(x, {.bits = 3}), tensorOf({1.5, 0, 1.0, 0, -1.0})),
            1e-15);
}

TEST(Symmetric, ClipsOutliersBeforeItMeasures) {
  const at::Tensor x = tensorOf({-40.0, 1.0, 2.5});

  EXPECT_LT(largestDifference(symmetricQuantize(x, {.bits = 2}), tensorOf({-2.5, 0, 2.5})), 1e-15);
}

TEST(Symmetric, GivesEachMatrixOfFourDimensionsItsScale) {
  const at::Tensor x = randomTensor({2, 3, 4, 5}, 6, 0.5);

  const at::Tensor x_q = symmetricQuantize(x, kPerRow);

  for (std::int64_t b = 0; b < 2; ++b) {
    for (std::int64_t h = 0; h < 3; ++h) {
      EXPECT_EQ(largestDifference(x_q[b][h], symmetricQuantize(x[b][h], kPerTensor)), 0);
    }
  }
}

TEST(Symmetric, GivesZerosForZeros) {
  const at::Tensor x = tensorOf({{0.0, 0.0}, {1.0, -1.0}}, at::kFloat);

  EXPECT_EQ(largestDifference(symmetricQuantize(x, kPerRow), x), 0);
  EXPECT_EQ(largestDifference(symmetricQuantize(x * 0, kPerTensor), x * 0), 0);
}

TEST(Symmetric, KeepsTinyTensorsFinite) {
  const at::Tensor x = tensorOf({1e-38, -1e-38}, at::kFloat);

  EXPECT_LT(largestDifference(symmetricQuantize(x, kPerTensor), x * 0), 1e-30);
}

TEST(Symmetric, ChangesNothingTheSecondTime) {
  const at::Tensor once = symmetricQuantize(randomTensor({20, 20}, 7), kPerTensor);

  EXPECT_LT(largestDifference(symmetricQuantize(once, kPerTensor), once), 1e-15);
}

TEST(Symmetric, UsesEveryLevelAtMostOnce) {
  EXPECT_LE(countLevels(symmetricQuantize(randomTensor({100, 100}, 8), kPerTensor)), 255);
}

TEST(Symmetric, AgreesForTransposedInput) {
  const at::Tensor x = randomTensor({6, 9}, 9);

  EXPECT_EQ(
      largestDifference(symmetricQuantize(x.t(), kPerTensor), symmetricQuantize(x, kPerTensor).t()),
      0);
}

}  // namespace
}  // namespace retort::train
