#include "trainers/quantizers/ternary.h"

#include "tests/trainers/quantizers/golden_case.h"

#include <gtest/gtest.h>

namespace retort::train {
namespace {

constexpr QuantizerOptions kPerTensor = {.granularity = Granularity::kTensor};
constexpr QuantizerOptions kPerRow = {.granularity = Granularity::kRow};

TEST(Ternary, AgreesWithTheAuthorsPerTensor) {
  EXPECT_EQ(differenceFromGolden("twn_tensor", Quantizer(ternaryQuantize, kPerTensor)), 0);
}

TEST(Ternary, AgreesWithTheAuthorsPerRow) {
  EXPECT_EQ(differenceFromGolden("twn_row", Quantizer(ternaryQuantize, kPerRow)), 0);
}

TEST(Ternary, KeepsWhatIsLargerThanTheThreshold) {
  // mean|w| = 2 / 4, threshold 0.35; the survivors' mean is (1 + 0.6) / 2.
  const at::Tensor w = tensorOf({{1.0, -0.6}, {0.3, 0.1}});

  EXPECT_LT(largestDifference(ternaryQuantize(w, kPerTensor), tensorOf({{0.8, -0.8}, {0, 0}})),
            1e-15);
}

TEST(Ternary, GivesEachRowItsOwnScale) {
  const at::Tensor w = tensorOf({{1.0, -1.0}, {0.1, 0.02}});

  EXPECT_LT(largestDifference(ternaryQuantize(w, kPerRow), tensorOf({{1.0, -1.0}, {0.1, 0}})),
            1e-15);
}

TEST(Ternary, ClipsBeforeItMeasures) {
  const at::Tensor w = tensorOf({{100.0, -2.0}});

  EXPECT_LT(largestDifference(ternaryQuantize(w, kPerTensor), tensorOf({{2.25, -2.25}})), 1e-15);
}

TEST(Ternary, FollowsTheThresholdFactor) {
  const at::Tensor w = tensorOf({{1.0, -0.6}, {0.3, 0.1}});

  const at::Tensor w_q = ternaryQuantize(w, {.threshold_factor = 1.5});

  EXPECT_LT(largestDifference(w_q, tensorOf({{1.0, 0}, {0, 0}})), 1e-15);
}

TEST(Ternary, GivesZerosForZeros) {
  const at::Tensor w = tensorOf({{0.0, 0.0}, {2.0, 0.0}});

  EXPECT_EQ(largestDifference(ternaryQuantize(w, kPerRow), w), 0);
  EXPECT_EQ(largestDifference(ternaryQuantize(w * 0, kPerTensor), w * 0), 0);
}

TEST(Ternary, HasThreeLevels) {
  EXPECT_EQ(countLevels(ternaryQuantize(randomTensor({40, 30}, 1), kPerTensor)), 3);
}

TEST(Ternary, CommutesWithTheSign) {
  const at::Tensor w = randomTensor({8, 8}, 2);

  EXPECT_EQ(largestDifference(ternaryQuantize(-w, kPerRow), -ternaryQuantize(w, kPerRow)), 0);
}

TEST(Ternary, KeepsTheType) {
  EXPECT_EQ(ternaryQuantize(randomTensor({2, 2}, 3).to(at::kFloat), kPerRow).scalar_type(),
            at::kFloat);
}

}  // namespace
}  // namespace retort::train
