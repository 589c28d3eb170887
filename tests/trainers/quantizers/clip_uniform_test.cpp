#include "trainers/quantizers/clip_uniform.h"

#include "tests/trainers/quantizers/golden_case.h"

#include <gtest/gtest.h>

namespace retort::train {
namespace {

constexpr QuantizerOptions kPerTensor = {.bits = 4, .granularity = Granularity::kTensor};
constexpr QuantizerOptions kPerRow = {.bits = 4, .granularity = Granularity::kRow};

TEST(ClipUniform, AgreesWithTheAuthorsPerTensor) {
  EXPECT_EQ(differenceFromGolden("twn_mx4_tensor", Quantizer(clipUniformQuantize, kPerTensor)), 0);
}

TEST(ClipUniform, AgreesWithTheAuthorsPerRow) {
  EXPECT_EQ(differenceFromGolden("twn_mx4_row", Quantizer(clipUniformQuantize, kPerRow)), 0);
}

TEST(ClipUniform, TakesItsRangeFromTheLargerHalf) {
  // mean|w| = 0.5; the larger ones are 1.5 and 0.75: c = 1.125, step = 0.75 with two bits.
  const at::Tensor w = tensorOf({{1.5, -0.75, 0.1, -0.15, 0.3, -0.2}});

  const at::Tensor w_q = clipUniformQuantize(w, {.bits = 2});

  // c / step = 1.5 rounds to the even 2.
  EXPECT_LT(largestDifference(w_q, tensorOf({{1.5, -0.75, 0, 0, 0, 0}})), 1e-15);
}

TEST(ClipUniform, KeepsEqualMagnitudesAtTheirGrid) {
  // c is the magnitude itself: +-7.5 steps round to +-8 steps of 2 / 15.
  const at::Tensor w = tensorOf({{1.0, -1.0}, {1.0, 1.0}});

  EXPECT_LT(largestDifference(clipUniformQuantize(w, kPerTensor), w * (16.0 / 15.0)), 1e-15);
}

TEST(ClipUniform, GivesZerosForZeros) {
  const at::Tensor zeros = tensorOf({{0.0, 0.0}, {0.0, 0.0}});

  EXPECT_EQ(largestDifference(clipUniformQuantize(zeros, kPerTensor), zeros), 0);
  EXPECT_EQ(largestDifference(clipUniformQuantize(zeros, kPerRow), zeros), 0);
}

TEST(ClipUniform, HasOneLevelMoreThanBitsGive) {
  const at::Tensor w = randomTensor({50, 60}, 4);

  EXPECT_EQ(countLevels(clipUniformQuantize(w, {.bits = 2})), 5);
  EXPECT_EQ(countLevels(clipUniformQuantize(w, {.bits = 4})), 17);
}

TEST(ClipUniform, ResolvesSmallWeightsFinerWithMoreBits) {
  const at::Tensor w = randomTensor({30, 30}, 5, 0.1);
  const at::Tensor is_small = w.abs() < 0.1;
  const auto error = [&](int bits) {
    return ((clipUniformQuantize(w, {.bits = bits}) - w) * is_small).abs().max().item<double>();
  };

  EXPECT_LT(error(4), error(2) / 4);
  EXPECT_LT(error(8), error(4) / 15);
}

}  // namespace
}  // namespace retort::train
