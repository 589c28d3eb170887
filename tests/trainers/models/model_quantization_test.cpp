#include "trainers/models/model_quantization.h"

#include "tests/trainers/tensor_testing.h"
#include "trainers/train_error.h"

#include <ATen/ATen.h>

#include <gtest/gtest.h>

namespace retort::train {
namespace {

TEST(ModelQuantization, IsOffByDefault) {
  const ModelQuantization quantization;

  EXPECT_TRUE(quantization.forParameter("bert.pooler.dense.weight").isIdentity());
  EXPECT_FALSE(quantization.quantizesActivations());
}

TEST(ModelQuantization, LeavesTheCacheOfKeysAndValuesUnlessItIsToldTo) {
  EXPECT_TRUE(makeModelQuantization({}).kvCache().isIdentity());
  EXPECT_EQ(makeModelQuantization({{"quant.kv_cache.bits", 4}}).kvCache().options().bits, 4);
  EXPECT_THROW(static_cast<void>(makeModelQuantization({{"quant.kv_cache.bits", 1}})), TrainError);
}

// Two tokens with the largest magnitudes 7 and 14: steps of 1 and 2, whatever a value's size, and a
// gradient that passes everywhere.
TEST(ModelQuantization, TheCacheHasAScaleForEachTokenAndAStraightGradient) {
  const Quantizer cache = ModelQuantization{.kv_cache_bits = 4}.kvCache();
  const at::Tensor x = tensorOf({{{7.0, -2.4, 0.5, 1.5}, {-14.0, 5.1, 1.0, 2.9}}});
  const at::Tensor weight = tensorOf({{{1.0, 2.0, 3.0, 4.0}, {5.0, 6.0, 7.0, 8.0}}});

  EXPECT_LT(
      largestDifference(cache(x), tensorOf({{{7.0, -2.0, 0.0, 2.0}, {-14.0, 6.0, 0.0, 2.0}}})),
      1e-14);
  EXPECT_TRUE(at::equal(gradientOf(cache, x, weight), weight));
}

TEST(ModelQuantization, FollowsThePapersTable) {
  const ModelQuantization quantization = makeModelQuantization({});

  EXPECT_EQ(
      quantization.forParameter("bert.embeddings.word_embeddings.weight").options().granularity,
      Granularity::kRow);
  EXPECT_EQ(
      quantization.forParameter("bert.encoder.layer.0.output.dense.weight").options().granularity,
      Granularity::kTensor);
  EXPECT_FALSE(quantization.forParameter("bert.pooler.dense.weight").isIdentity());
  EXPECT_TRUE(quantization.forParameter("classifier.weight").isIdentity());
  EXPECT_TRUE(quantization.forParameter("bert.encoder.layer.0.output.dense.bias").isIdentity());
  EXPECT_EQ(quantization.activation, everywhere({.bits = 8, .clip = 2.5}));
}

TEST(ModelQuantization, TakesItsSettings) {
  const ModelQuantization quantization =
      makeModelQuantization({{"quant.weight.scheme", "clip_uniform"},
                             {"quant.weight.bits", 3},
                             {"quant.weight.granularity", "row"},
                             {"quant.embedding.scheme", "none"},
                             {"quant.map", Json::array({"pooler = none"})},
                             {"quant.activation.bits", 0},
                             {"quant.clip", 3.0}});

  EXPECT_EQ(quantization.forParameter("bert.encoder.layer.0.output.dense.weight").options(),
            (QuantizerOptions{.bits = 3, .granularity = Granularity::kRow, .clip = 3}));
  EXPECT_TRUE(quantization.forParameter("bert.embeddings.word_embeddings.weight").isIdentity());
  EXPECT_TRUE(quantization.forParameter("bert.pooler.dense.weight").isIdentity());
  EXPECT_FALSE(quantization.quantizesActivations());
}

TEST(ModelQuantization, GivesPointsWithoutAClipTheCommonOne) {
  const ModelQuantization quantization = makeModelQuantization(
      {{"quant.clip", 3.0}, {"quant.activation.value.clip", 7.0}, {"quant.activation.bits", 0}});

  EXPECT_EQ(quantization.activation.at(static_cast<std::size_t>(ActivationPoint::kValue)).clip, 7);
  EXPECT_EQ(quantization.activation.at(static_cast<std::size_t>(ActivationPoint::kKey)).clip, 3);
}

TEST(ModelQuantization, RefusesUnknownSchemes) {
  EXPECT_THROW(static_cast<void>(makeModelQuantization({{"quant.weight.scheme", "octal"}})
                                     .forParameter("bert.pooler.dense.weight")),
               TrainError);
}

}  // namespace
}  // namespace retort::train
