#include "trainers/optimizers/block_code.h"

#include "tests/trainers/tensor_testing.h"

#include <ATen/ATen.h>

#include <gtest/gtest.h>

namespace retort::train {
namespace {

// The numbers of bitsandbytes' create_dynamic_map, by hand: halves of [0.1, 1] and so on.
TEST(DynamicCode, HasTheNumbersOfThePaper) {
  const at::Tensor both = dynamicCode(/*is_signed=*/true).to(at::kDouble);
  const at::Tensor positive = dynamicCode(/*is_signed=*/false).to(at::kDouble);

  for (const at::Tensor& code : {both, positive}) {
    ASSERT_EQ(code.numel(), 256);
    EXPECT_TRUE((code.narrow(0, 1, 255) > code.narrow(0, 0, 255)).all().item<bool>());
    EXPECT_EQ(code[255].item<double>(), 1);
  }
  // Signed: 127 negative numbers, 0, 127 positive ones and 1.
  EXPECT_EQ(both[127].item<double>(), 0);
  EXPECT_NEAR(both[128].item<double>(), 0.55e-6, 1e-12);
  EXPECT_NEAR(both[129].item<double>(), 0.325e-5, 1e-11);
  EXPECT_NEAR(both[130].item<double>(), 0.775e-5, 1e-11);
  EXPECT_NEAR(both[254].item<double>(), 1 - 0.9 / 128, 1e-7);
  EXPECT_LT(largestDifference(both.narrow(0, 0, 127), -both.narrow(0, 128, 127).flip(0)), 1e-12);
  // Unsigned: 0 and twice as many parts.
  EXPECT_EQ(positive[0].item<double>(), 0);
  EXPECT_NEAR(positive[1].item<double>(), 0.325e-6, 1e-12);
  EXPECT_NEAR(positive[2].item<double>(), 0.775e-6, 1e-12);
  EXPECT_NEAR(positive[254].item<double>(), 1 - 0.9 / 256, 1e-7);
}

TEST(BlockCode, ValuesOnTheCodeComeBackExactly) {
  const at::Tensor values = dynamicCode(/*is_signed=*/true).to(at::kDouble) * 4;

  const BlockCode code = encodeBlocks(values, /*is_signed=*/true);

  EXPECT_EQ(code.codes.scalar_type(), at::kByte);
  EXPECT_TRUE(at::equal(code.codes.flatten().to(at::kLong), at::arange(256)));
  EXPECT_TRUE(at::equal(decodeBlocks(code, true, {16, 16}), values.view({16, 16})));
}

TEST(BlockCode, EachBlockHasItsOwnScale) {
  const at::Tensor values =
      at::cat({at::full({256}, 1e-3, at::kDouble), at::full({44}, 50.0, at::kDouble)});

  const BlockCode code = encodeBlocks(values, /*is_signed=*/false);

  EXPECT_EQ(code.codes.sizes(), at::IntArrayRef({2, 256}));
  EXPECT_TRUE(at::equal(code.largest, tensorOf({{1e-3}, {50.0}})));
  EXPECT_TRUE(at::equal(decodeBlocks(code, false, {300}), values));
}

TEST(BlockCode, RoundsToTheNearest) {
  // Of the largest magnitude 1: codes 1 - 0.9/128 = 0.99296875 and 1 - 2.7/128 = 0.97890625.
  const at::Tensor values = tensorOf({1.0, 0.98, 0.985, 0.99, 0.997, -0.98, 2e-7, 3e-7});

  const at::Tensor found =
      decodeBlocks(encodeBlocks(values, /*is_signed=*/true), /*is_signed=*/true, {8});

  const double high = 0.99296875;
  const double low = 0.97890625;
  EXPECT_LT(largestDifference(found, tensorOf({1.0, low, low, high, 1.0, -low, 0.0, 0.55e-6})),
            1e-7);
}

TEST(BlockCode, ZerosStayZeros) {
  const at::Tensor zeros = at::zeros({3, 5}, at::kFloat);
  EXPECT_TRUE(at::equal(decodeBlocks(encodeBlocks(zeros, true), true, {3, 5}), zeros));
}

}  // namespace
}  // namespace retort::train
