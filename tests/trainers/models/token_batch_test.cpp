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
  const at::Tensor labels = at::tensor({{5, kIgnoredLabel, 7}, {kIgnoredLabel, 0, 9}});

  EXPECT_TRUE(at::equal(TokenBatch{.labels = labels}.targets(), at::tensor({5, 7, 0, 9})));
}

TEST(TokenBatch, WithoutLabelsHasNoTargets) {
  EXPECT_FALSE(TokenBatch{}.targets().defined());
}

}  // namespace
}  // namespace retort::train
