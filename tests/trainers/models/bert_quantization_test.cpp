#include "trainers/models/bert_quantization.h"

#include "trainers/train_error.h"

#include <gtest/gtest.h>

namespace retort::train {
namespace {

TEST(BertQuantization, IsOffByDefault) {
  const BertQuantization quantization;

  EXPECT_TRUE(quantization.forParameter("bert.pooler.dense.weight").isIdentity());
  EXPECT_TRUE(quantization.activation.isIdentity());
}

TEST(BertQuantization, FollowsThePapersTable) {
  const BertQuantization quantization = makeBertQuantization({});

  EXPECT_EQ(
      quantization.forParameter("bert.embeddings.word_embeddings.weight").options().granularity,
      Granularity::kRow);
  EXPECT_EQ(
      quantization.forParameter("bert.encoder.layer.0.output.dense.weight").options().granularity,
      Granularity::kTensor);
  EXPECT_FALSE(quantization.forParameter("bert.pooler.dense.weight").isIdentity());
  EXPECT_TRUE(quantization.forParameter("classifier.weight").isIdentity());
  EXPECT_TRUE(quantization.forParameter("bert.encoder.layer.0.output.dense.bias").isIdentity());
  EXPECT_EQ(quantization.activation.options().bits, 8);
  EXPECT_EQ(quantization.activation.options().granularity, Granularity::kTensor);
}

TEST(BertQuantization, TakesItsSettings) {
  const BertQuantization quantization = makeBertQuantization({.weight_scheme = "ternary",
                                                              .weight_granularity = "row",
                                                              .weight_threshold_factor = 0.5,
                                                              .embedding_scheme = "none",
                                                              .activation_bits = 0,
                                                              .clip = 3});

  EXPECT_EQ(quantization.weight.options(),
            (QuantizerOptions{
                .bits = 2, .granularity = Granularity::kRow, .clip = 3, .threshold_factor = 0.5}));
  EXPECT_TRUE(quantization.embedding.isIdentity());
  EXPECT_TRUE(quantization.activation.isIdentity());
}

TEST(BertQuantization, RefusesUnknownSchemes) {
  EXPECT_THROW(static_cast<void>(makeBertQuantization({.weight_scheme = "binary"})), TrainError);
}

}  // namespace
}  // namespace retort::train
