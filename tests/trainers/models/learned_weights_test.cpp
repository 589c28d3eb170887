#include "tests/trainers/models/tiny_encoder.h"
#include "trainers/models/bert.h"
#include "trainers/train_error.h"

#include <ATen/Context.h>
#include <ATen/ops/where.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace retort::train {
namespace {

constexpr BertConfig kSmall = {.vocab_size = 11,
                               .hidden_size = 8,
                               .num_hidden_layers = 1,
                               .num_attention_heads = 2,
                               .intermediate_size = 12,
                               .max_position_embeddings = 6};

constexpr const char* kPooler = "bert.pooler.dense.weight";
constexpr const char* kPoolerStep = "quantizers.bert.pooler.dense.weight.lsq_3.step";

TokenBatch smallBatch() {
  return batchFromJson({{"input_ids", {{1, 2, 3}, {5, 6, 0}}},
                        {"input_mask", {{1, 1, 1}, {1, 1, 0}}},
                        {"segment_ids", {{0, 0, 1}, {0, 0, 0}}},
                        {"seq_lengths", {3, 2}},
                        {"label_ids", {1, 0}}});
}

BertModel modelWith(const std::string& rule) {
  at::manual_seed(5);
  return BertModel(kSmall,
                   randomBertParameters(kSmall, at::kDouble),
                   makeModelQuantization({{"quant.weight.scheme", "none"},
                                          {"quant.embedding.scheme", "none"},
                                          {"quant.activation.bits", 0},
                                          {"quant.map", Json::array({rule})}}));
}

TEST(LearnedWeights, StartAsLsqDoes) {
  const BertModel model = modelWith("pooler = lsq bits=3");
  const at::Tensor w = *findTensor(model.parameters(), kPooler);

  const NamedTensors held = model.quantizerParameters();

  ASSERT_EQ(held.size(), 1U);
  EXPECT_EQ(held[0].name, kPoolerStep);
  EXPECT_EQ(held[0].tensor.sizes(), (at::IntArrayRef{1}));
  // 2 mean|w| / sqrt(2^2 - 1)
  EXPECT_NEAR(
      held[0].tensor.item<double>(), 2 * w.abs().mean().item<double>() / std::sqrt(3.0), 1e-15);
}

TEST(LearnedWeights, StartAsLsqPlusDoes) {
  const BertModel model = modelWith("pooler = lsq_plus bits=3 granularity=row");
  const at::Tensor w = findTensor(model.parameters(), kPooler)->detach();

  const at::Tensor step = model.quantizerParameters().front().tensor;

  ASSERT_EQ(step.sizes(), (at::IntArrayRef{8, 1}));
  // max(|m - 3 s|, |m + 3 s|) / 2^2 of the first row.
  const at::Tensor row = w[0];
  const double mean = row.mean().item<double>();
  const double deviation = std::sqrt((row - mean).square().mean().item<double>());
  EXPECT_NEAR(step[0].item<double>(), (std::abs(mean) + 3 * deviation) / 4, 1e-15);
}

TEST(LearnedWeights, LieOnTheirGrid) {
  const BertModel model = modelWith("pooler = lsq bits=2");
  const at::Tensor step = model.quantizerParameters().front().tensor;

  const at::Tensor levels = model.weightInUse(kPooler) / step;

  EXPECT_LT(largestDifference(levels, levels.round()), 1e-12);
  EXPECT_GE(levels.min().item<double>(), -2);
  EXPECT_LE(levels.max().item<double>(), 1);
}

TEST(LearnedWeights, AreTrainedWithTheirSteps) {
  BertModel model = modelWith("pooler = lsq bits=3");
  model.setTrainable({});

  model.forward(smallBatch(), {}).logits.square().sum().backward();

  const NamedTensors trainable = model.trainableParameters();
  const at::Tensor* step = findTensor(trainable, kPoolerStep);
  ASSERT_NE(step, nullptr);
  EXPECT_EQ(trainable.back().name, kPoolerStep);
  EXPECT_NE(step->grad().item<double>(), 0);
  model.clearGradients();
  EXPECT_FALSE(step->grad().defined());
}

TEST(LearnedWeights, GiveTheStepTheGradientOfLsq) {
  BertModel model = modelWith("pooler = lsq bits=3");
  model.setTrainable({});
  const at::Tensor w = *findTensor(model.parameters(), kPooler);
  const at::Tensor step = *findTensor(model.quantizerParameters(), kPoolerStep);

  model.forward(smallBatch(), {}).logits.square().sum().backward();

  // The same loss of a full-precision model that holds the quantized values: dL/dW_q.
  NamedTensors parameters = model.parameters();
  for (NamedTensor& parameter : parameters) {
    parameter.tensor = parameter.name == kPooler ? model.weightInUse(kPooler) : parameter.tensor;
  }
  BertModel holding(kSmall, parameters);
  holding.setTrainable({});
  holding.forward(smallBatch(), {}).logits.square().sum().backward();
  const at::Tensor dense = findTensor(holding.parameters(), kPooler)->grad();
  const at::Tensor v = w.detach() / step.detach();
  const at::Tensor inside = v.ge(-4).logical_and(v.le(3));
  const at::Tensor local = at::where(inside, v.round() - v, v.clamp(-4, 3));
  EXPECT_NEAR(step.grad().item<double>(),
              (dense * local).sum().item<double>() / std::sqrt(64 * 3.0),
              1e-12);
  EXPECT_LT(largestDifference(w.grad(), dense * inside), 1e-14);
}

TEST(LearnedWeights, FreezeBySelector) {
  BertModel model = modelWith("pooler = lsq bits=3");

  model.setTrainable({kPoolerStep});

  EXPECT_EQ(findTensor(model.trainableParameters(), kPoolerStep), nullptr);
}

TEST(LearnedWeights, HaveAGridForEachGroup) {
  const BertModel model = modelWith("pooler = lsq bits=3 granularity=group group_size=4");

  // 8 rows of 2 groups.
  EXPECT_EQ(findTensor(model.quantizerParameters(), kPoolerStep)->sizes(),
            (at::IntArrayRef{16, 1}));
}

TEST(LearnedWeights, RefuseBitsWithoutAGrid) {
  EXPECT_THROW(static_cast<void>(modelWith("pooler = lsq bits=1")), TrainError);
}

}  // namespace
}  // namespace retort::train
