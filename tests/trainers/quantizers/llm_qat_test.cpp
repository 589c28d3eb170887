#include "trainers/quantizers/llm_qat.h"

#include "tests/trainers/quantizers/golden_case.h"
#include "tests/trainers/quantizers/weight_golden.h"

#include <gtest/gtest.h>

namespace retort::train {
namespace {

Quantizer perRow(int bits) {
  return {llmQatDefinition(), {.bits = bits, .granularity = Granularity::kRow}};
}

at::Tensor passed(const Quantizer& quantizer, const at::Tensor& x) {
  return gradientOf([&quantizer](const at::Tensor& input) { return quantizer(input); }, x);
}

TEST(LlmQat, AgreesWithTheAuthorsFormulas) {
  const WeightDifferences found = differencesFromGolden(llmQatDefinition());

  EXPECT_EQ(found.cases, 11);
  EXPECT_EQ(found.integers, 0);
  EXPECT_EQ(found.gradients, 0);
  EXPECT_LT(found.values, 1e-7);
}

TEST(LlmQat, TheMaskZeroesGradientsOfWhatIsNotClipped) {
  const at::Tensor x = tensorOf({{-3.0, -1.99, 0.5, 2.0}});
  const Quantizer quantizer = perRow(4);

  EXPECT_EQ(largestDifference(passed(quantizer, x), tensorOf({{0, 1, 1, 0}})), 0);
  // The values go on to where they are: 3 is the largest, and 2 is 4.67 steps of 3 / 7.
  EXPECT_LT(largestDifference(quantizer(x), tensorOf({{-3, -15.0 / 7, 3.0 / 7, 15.0 / 7}})), 1e-5);
}

TEST(LlmQat, TheMaskNeverBitesOnWeights) {
  const at::Tensor x = randomTensor({8, 64}, 8, 0.05);
  EXPECT_TRUE(passed(perRow(4), x).eq(1).all().item<bool>());
}

TEST(LlmQat, TwoBitsHaveFourLevelsAroundTheMean) {
  // The mean magnitude is 1: levels -1.5, -0.5, 0.5 and 1.5.
  const at::Tensor x = tensorOf({{-2.0, -0.4, 0.4, 1.2}});

  EXPECT_LT(largestDifference(perRow(2)(x), tensorOf({{-1.5, -0.5, 0.5, 1.5}})), 1e-15);
  EXPECT_TRUE(passed(perRow(2), x * 4).eq(1).all().item<bool>());
}

TEST(LlmQat, OneBitIsTheSignTimesTheMean) {
  const at::Tensor x = tensorOf({{-2.0, -0.4, 0.4, 1.2}});
  EXPECT_LT(largestDifference(perRow(1)(x), tensorOf({{-1, -1, 1, 1}})), 1e-15);
}

TEST(LlmQat, GivesZerosForZeros) {
  const at::Tensor x = at::zeros({2, 3}, at::kFloat);
  for (const int bits : {1, 2, 4}) {
    EXPECT_EQ(largestDifference(perRow(bits)(x), x), 0) << bits;
  }
}

}  // namespace
}  // namespace retort::train
