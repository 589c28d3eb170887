#include "trainers/models/causal_attention.h"

#include "tests/trainers/tensor_testing.h"

#include <ATen/ATen.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace retort::train {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

at::Tensor ids(const Json& values) {
  return tensorOf(values).to(at::kLong);
}

at::Tensor isTrue(const Json& values) {
  return tensorOf(values).to(at::kBool);
}

TEST(CausalAttention, PositionsStartAnewInEachDocument) {
  const at::Tensor rows = ids({{1, 5, 9, 2, 7, 7}, {3, 3, 8, 0, 4, 6}});
  EXPECT_TRUE(at::equal(tokenPositions({.input_ids = rows}), ids({{0, 1, 2, 3, 4, 5}})));
  EXPECT_TRUE(
      at::equal(tokenPositions({.input_ids = rows,
                                .segment_ids = ids({{0, 0, 1, 1, 1, 2}, {4, 4, 4, 4, 4, 4}})}),
                ids({{0, 1, 0, 1, 2, 0}, {0, 1, 2, 3, 4, 5}})));
  EXPECT_TRUE(
      at::equal(tokenPositions({.input_ids = ids({{1}}), .segment_ids = ids({{3}})}), ids({{0}})));
}

TEST(CausalAttention, WithoutWindowsAndDocumentsNoMaskIsNeeded) {
  const VisibleKeys visible = visibleKeys({.input_ids = ids({{1, 2, 3}})}, {0, 3, 2});

  ASSERT_EQ(visible.size(), 3U);
  EXPECT_FALSE(visible.at(0).defined());
  EXPECT_FALSE(visible.at(3).defined());
  EXPECT_TRUE(at::equal(visible.at(2), isTrue({{{{1, 0, 0}, {1, 1, 0}, {0, 1, 1}}}})));
}

TEST(CausalAttention, DocumentsAndWindowsBothHide) {
  const VisibleKeys visible =
      visibleKeys({.input_ids = ids({{1, 2, 3, 4}}), .segment_ids = ids({{0, 1, 1, 1}})}, {0, 2});

  EXPECT_TRUE(at::equal(visible.at(0),
                        isTrue({{{{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 1, 1, 0}, {0, 1, 1, 1}}}})));
  EXPECT_TRUE(at::equal(visible.at(2),
                        isTrue({{{{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 1, 1, 0}, {0, 0, 1, 1}}}})));
}

TEST(CausalAttention, HeadsAreConsecutiveColumns) {
  const at::Tensor x = tensorOf({{{1, 2, 3, 4}, {5, 6, 7, 8}}});
  EXPECT_TRUE(at::equal(splitHeads(x, 2), tensorOf({{{{1, 2}, {5, 6}}, {{3, 4}, {7, 8}}}})));
}

TEST(CausalAttention, JudgedRowsAreThoseWithLabels) {
  const at::Tensor x = tensorOf({{{1}, {2}}, {{3}, {4}}});
  const TokenBatch batch = {.labels = ids({{-100, 7}, {0, -100}})};

  EXPECT_TRUE(at::equal(judgedRows(x, batch), tensorOf({{2}, {3}})));
  EXPECT_TRUE(at::equal(judgedRows(x, {}), tensorOf({{1}, {2}, {3}, {4}})));
}

/// Of one head of width 1: scores are products.
class CausalContext : public testing::Test {
 protected:
  [[nodiscard]] at::Tensor context(const CausalAttention& attention, TraceSet trace) {
    const AttentionHeads heads = {.query = tensorOf({{{{1}, {2}}}}),
                                  .key = tensorOf({{{{3}, {5}}}}),
                                  .value = tensorOf({{{{10}, {20}}}})};
    const ForwardOptions options = {.trace = trace};
    const ActivationPass pass = {.quantizers = quantizers_,
                                 .options = options,
                                 .is_real = isTrue({{{{1, 1}}}}),
                                 .trace = trace_};
    return causalContext(heads, attention, 0, pass);
  }

  ActivationQuantizers quantizers_{ActivationPoints{},
                                   {.layers = 1,
                                    .hidden_size = 1,
                                    .heads = 1,
                                    .key_value_heads = 1,
                                    .head_size = 1,
                                    .intermediate_size = 1},
                                   at::kDouble};
  ModelTrace trace_;
};

TEST_F(CausalContext, IsTheMeanOfVisibleValuesByScaledScores) {
  // The second token's scores are 0.25 * (2 * 3, 2 * 5) = (1.5, 2.5).
  const double second = 1 / (1 + std::exp(-1.0));
  const at::Tensor expected = tensorOf({{{{10.0}, {10 * (1 - second) + 20 * second}}}});

  EXPECT_LT(largestDifference(context({.scale = 0.25}, {}), expected), 1e-14);
  EXPECT_LT(largestDifference(context({.scale = 0.25}, TraceSet::all()), expected), 1e-14);
  EXPECT_LT(largestDifference(trace_.score[0], tensorOf({{{{0.75, -10000}, {1.5, 2.5}}}})), 1e-14);
  EXPECT_LT(largestDifference(trace_.prob[0], tensorOf({{{{1, 0}, {1 - second, second}}}})), 1e-14);
  EXPECT_TRUE(at::equal(trace_.value[0], tensorOf({{{{10}, {20}}}})));
}

TEST_F(CausalContext, SeesNothingBeyondTheMask) {
  const CausalAttention attention = {.visible = isTrue({{{{1, 0}, {0, 1}}}})};
  EXPECT_LT(largestDifference(context(attention, {}), tensorOf({{{{10}, {20}}}})), 1e-14);
}

TEST(CausalAttention, RefusesTensorsOfOtherShapes) {
  EXPECT_THAT(
      [] {
        checkDecoderBatch({.input_ids = ids({1, 2})});
      },
      ThrowsMessage<c10::Error>(HasSubstr("must be [B, N]")));
  EXPECT_THAT(
      [] {
        checkDecoderBatch({.input_ids = ids({{1, 2}}), .labels = ids({{1}})});
      },
      ThrowsMessage<c10::Error>(HasSubstr("the shape of input_ids")));
  EXPECT_THAT(
      [] {
        checkDecoderBatch({.input_ids = ids({{1, 2}}), .attention_mask = ids({{0, 1}})});
      },
      ThrowsMessage<c10::Error>(HasSubstr("1 for tokens and then 0 for padding")));
}

}  // namespace
}  // namespace retort::train
