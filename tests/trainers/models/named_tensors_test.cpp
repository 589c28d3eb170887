#include "trainers/models/named_tensors.h"

#include "tests/trainers/tensor_testing.h"
#include "trainers/models/model_trace.h"
#include "trainers/models/token_batch.h"

#include <gtest/gtest.h>

namespace retort::train {
namespace {

TEST(NamedTensors, AreFoundByName) {
  const NamedTensors tensors = {{"a", tensorOf({1})}, {"b", tensorOf({2})}};

  ASSERT_NE(findTensor(tensors, "b"), nullptr);
  EXPECT_EQ(findTensor(tensors, "b")->item<double>(), 2);
  EXPECT_EQ(findTensor(tensors, "c"), nullptr);
}

TEST(TraceSet, JoinsParts) {
  TraceSet set = TracePart::kProb;
  set |= TracePart::kHidden;

  EXPECT_TRUE(set.has(TracePart::kProb));
  EXPECT_TRUE(set.has(TracePart::kHidden));
  EXPECT_FALSE(set.has(TracePart::kScore));
  EXPECT_EQ(TraceSet::all() | set, TraceSet::all());
}

TEST(TokenBatch, MovesWhatIsThere) {
  TokenBatch batch;
  batch.input_ids = tensorOf({{1, 2}}, at::kLong);

  const TokenBatch moved = batch.to(at::kCPU);

  EXPECT_EQ(moved.input_ids.sizes(), batch.input_ids.sizes());
  EXPECT_FALSE(moved.labels.defined());
}

}  // namespace
}  // namespace retort::train
