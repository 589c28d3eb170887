#include "trainers/losses/top_logits.h"

#include "tests/trainers/tensor_testing.h"

#include <ATen/ATen.h>

#include <gtest/gtest.h>

#include <cmath>

namespace retort::train {
namespace {

// Logits of (1, 4, 2, 3) / 10.
TEST(TopLogits, AreTheLargestAndTheSumOfAll) {
  const at::Tensor logits = tensorOf({1.0, 4.0, 2.0, 3.0}).log().unsqueeze(0);

  const TopLogits top = topLogits(logits, {.count = 2});

  EXPECT_LT(largestDifference(top.values.exp(), tensorOf({{4.0, 3.0}})), 1e-14);
  EXPECT_TRUE(at::equal(top.ids, at::tensor({1L, 3L}).unsqueeze(0)));
  EXPECT_NEAR(top.log_sum.item<double>(), std::log(10.0), 1e-15);
}

TEST(TopLogits, AreNormalizedAtTheirTemperature) {
  const at::Tensor logits = tensorOf({1.0, 4.0, 16.0, 9.0}).log().unsqueeze(0);

  const TopLogits top = topLogits(logits, {.count = 9, .temperature = 2});

  EXPECT_EQ(top.values.size(1), 4);
  EXPECT_NEAR(top.log_sum.item<double>(), std::log(10.0), 1e-15);  // 1 + 2 + 4 + 3
}

TEST(TopLogits, AreNarrowedRowByRow) {
  const TopLogits top = topLogits(randomTensor({5, 7}, 1), {.count = 3});

  const TopLogits part = top.narrow(1, 2);

  EXPECT_TRUE(at::equal(part.values, top.values.narrow(0, 1, 2)));
  EXPECT_TRUE(at::equal(part.ids, top.ids.narrow(0, 1, 2)));
  EXPECT_TRUE(at::equal(part.log_sum, top.log_sum.narrow(0, 1, 2)));
}

TEST(TopLogits, RefuseWhatIsNoTable) {
  EXPECT_THROW(static_cast<void>(topLogits(at::zeros({3}), {.count = 1})), c10::Error);
  EXPECT_THROW(static_cast<void>(topLogits(at::zeros({3, 3}), {.count = 0})), c10::Error);
}

}  // namespace
}  // namespace retort::train
