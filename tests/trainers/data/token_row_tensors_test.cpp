#include "trainers/data/token_row_tensors.h"

#include <ATen/ops/tensor.h>

#include <gtest/gtest.h>

namespace retort::train {

namespace {

TokenRows smallRows() {
  TokenCorpusBuilder builder;
  builder.add(std::vector<std::int32_t>{1, 2, 3, 4, 5});
  builder.add(std::vector<std::int32_t>{6, 7});
  return {std::move(builder).build(), {.length = 4, .pad_id = 9}};
}

at::Tensor matrix(std::vector<std::int64_t> values) {
  return at::tensor(values, at::kLong).view({2, 4});
}

}  // namespace

TEST(TokenRowTensors, HoldTheRows) {
  const TokenBatch batch = tokenBatch(sliceRows(smallRows(), 0, 2), true);

  EXPECT_TRUE(batch.input_ids.equal(matrix({1, 2, 3, 4, 5, 6, 7, 9})));
  EXPECT_TRUE(batch.attention_mask.equal(matrix({1, 1, 1, 1, 1, 1, 1, 0})));
  EXPECT_TRUE(batch.segment_ids.equal(matrix({0, 0, 0, 0, 0, 1, 1, 2})));
  EXPECT_TRUE(batch.labels.equal(matrix({2, 3, 4, 5, -100, 7, -100, -100})));
  EXPECT_TRUE(batch.lengths.equal(at::tensor({4L, 3L}, at::kLong)));
}

TEST(TokenRowTensors, WithoutDocumentsThereAreNoSegments) {
  EXPECT_FALSE(tokenBatch(sliceRows(smallRows(), 0, 1), false).segment_ids.defined());
}

TEST(TokenRowTensors, SlicesEndWithTheRows) {
  EXPECT_EQ(sliceRows(smallRows(), 1, 5).rows, 1);
  EXPECT_EQ(sliceRows(smallRows(), 2, 5).rows, 0);
}

}  // namespace retort::train
