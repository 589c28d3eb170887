#include "trainers/models/token_batch.h"

#include <ATen/ATen.h>

#include <gtest/gtest.h>

namespace retort::train {
namespace {

TEST(TokenBatch, HasTheLabelsOfClassificationAsTargets) {
  const at::Tensor labels = at::tensor({1, 0, 1});

  EXPECT_TRUE(at::equal(TokenBatch{.labels = labels}.targets(), labels));
}

TEST(TokenBatch, HasTheJudgedTokensOfALanguageModelAsTargets) {
  const at::Tensor labels =
      at::tensor({5L, kIgnoredLabel, 7L, kIgnoredLabel, 0L, 9L}).reshape({2, 3});

  EXPECT_TRUE(at::equal(TokenBatch{.labels = labels}.targets(), at::tensor({5L, 7L, 0L, 9L})));
}

TEST(TokenBatch, WithoutLabelsHasNoTargets) {
  EXPECT_FALSE(TokenBatch{}.targets().defined());
}

}  // namespace
}  // namespace retort::train
