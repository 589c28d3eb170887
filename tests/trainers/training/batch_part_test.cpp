#include "trainers/training/batch_part.h"

#include "tests/trainers/tensor_testing.h"

#include <ATen/ATen.h>

#include <gtest/gtest.h>

namespace retort::train {
namespace {

TokenBatch threeRows() {
  return {.input_ids = tensorOf({{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}).to(at::kLong),
          .attention_mask = tensorOf({{1, 1, 1}, {1, 1, 0}, {1, 0, 0}}).to(at::kLong),
          .lengths = tensorOf({3, 2, 1}).to(at::kLong),
          .labels = tensorOf({{2, 3, -100}, {5, -100, -100}, {-100, -100, -100}}).to(at::kLong)};
}

TEST(SplitBatch, CountsJudgedTokensAndRows) {
  const std::vector<BatchPart> parts = splitBatch(threeRows(), 1);

  ASSERT_EQ(parts.size(), 3U);
  EXPECT_DOUBLE_EQ(parts[0].share.logits, 2.0 / 3);
  EXPECT_DOUBLE_EQ(parts[1].share.logits, 1.0 / 3);
  EXPECT_EQ(parts[2].share.logits, 0);
  for (const BatchPart& part : parts) {
    EXPECT_DOUBLE_EQ(part.share.sequences, 1.0 / 3);
    EXPECT_EQ(part.batch.input_ids.size(1), 3);
  }
  EXPECT_TRUE(at::equal(parts[1].batch.input_ids, tensorOf({{4, 5, 6}}).to(at::kLong)));
  EXPECT_TRUE(at::equal(parts[1].batch.lengths, tensorOf({2}).to(at::kLong)));
  EXPECT_FALSE(parts[1].batch.segment_ids.defined());
}

TEST(SplitBatch, TheLastPartMayHaveFewerRows) {
  const std::vector<BatchPart> parts = splitBatch(threeRows(), 2);

  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(parts[0].share.logits, 1);
  EXPECT_DOUBLE_EQ(parts[0].share.sequences, 2.0 / 3);
  EXPECT_EQ(parts[1].batch.input_ids.size(0), 1);
}

TEST(SplitBatch, ABatchThatFitsIsItsOnlyPart) {
  const TokenBatch whole = threeRows();

  const std::vector<BatchPart> parts = splitBatch(whole, 3);

  ASSERT_EQ(parts.size(), 1U);
  EXPECT_TRUE(parts[0].batch.input_ids.is_same(whole.input_ids));
  EXPECT_EQ(parts[0].share.logits, 1);
  EXPECT_EQ(parts[0].share.sequences, 1);
}

TEST(SplitBatch, ClassificationJudgesEveryRow) {
  TokenBatch batch = threeRows();
  batch.labels = tensorOf({0, 1, 1}).to(at::kLong);

  const std::vector<BatchPart> parts = splitBatch(batch, 2);

  EXPECT_DOUBLE_EQ(parts[0].share.logits, 2.0 / 3);
  EXPECT_TRUE(at::equal(parts[1].batch.labels, tensorOf({1}).to(at::kLong)));
}

}  // namespace
}  // namespace retort::train
