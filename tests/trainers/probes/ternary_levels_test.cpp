#include "trainers/probes/ternary_levels.h"

#include "trainers/models/bert.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <gtest/gtest.h>

#include <map>

namespace retort::train {

namespace {

TEST(LevelShares, CountsThreeLevels) {
  const LevelShares shares = levelShares(at::tensor({-0.5, 0.0, 0.5, 0.5, 0.0, -0.0, 0.5, 0.5}));

  EXPECT_EQ(shares.negative, 1.0 / 8);
  EXPECT_EQ(shares.zero, 3.0 / 8);
  EXPECT_EQ(shares.positive, 4.0 / 8);
}

TEST(LevelShares, RefusesNothingAtAll) {
  EXPECT_THROW(static_cast<void>(levelShares(at::empty({0}))), c10::Error);
}

TEST(FlipRate, CountsChangedSigns) {
  const at::Tensor before = levelsOf(at::tensor({-0.5, 0.0, 0.5, 0.5}));

  EXPECT_EQ(flipRate(before, levelsOf(at::tensor({-0.7, 0.0, 0.7, 0.7}))), 0);
  EXPECT_EQ(flipRate(before, levelsOf(at::tensor({-0.7, 0.7, 0.7, -0.7}))), 0.5);
}

TEST(FlipRate, RefusesAnotherShape) {
  EXPECT_THROW(static_cast<void>(flipRate(at::zeros({2}, at::kChar), at::zeros({3}, at::kChar))),
               c10::Error);
}

/// A model with a ternary pooler and nothing else quantized.
BertModel poolerModel() {
  const BertConfig config = {.vocab_size = 8,
                             .hidden_size = 4,
                             .num_hidden_layers = 1,
                             .num_attention_heads = 1,
                             .intermediate_size = 4,
                             .max_position_embeddings = 4};
  return BertModel(config,
                   randomBertParameters(config, at::kDouble),
                   makeModelQuantization({{"quant.weight.scheme", "none"},
                                          {"quant.embedding.scheme", "none"},
                                          {"quant.map", Json::array({"pooler = ternary"})}}));
}

TEST(TernaryLevelsProbe, MeasuresOccupancyAndFlipsOfAModel) {
  const BertModel model = poolerModel();
  const at::Tensor pooler = *findTensor(model.parameters(), "bert.pooler.dense.weight");
  const at::NoGradGuard no_grad;
  pooler.copy_(at::tensor({-1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}).view({4, 4}));
  std::map<std::string, at::Tensor> memory;
  ProbeInput input;
  input.training.student = &model;
  input.memory = &memory;
  std::vector<MetricPoint> first;
  std::vector<MetricPoint> second;

  ternaryLevelsProbe().measure(input, first);
  pooler.mul_(-1);
  ternaryLevelsProbe().measure(input, second);

  ASSERT_EQ(first.size(), 3U);
  const SeriesKey negative = {
      .metric = "level_share", .projection = "pooler", .component = "negative"};
  EXPECT_EQ(first[0], (MetricPoint{.series = negative, .value = 1.0 / 16}));
  EXPECT_EQ(first[1].value, 13.0 / 16);
  EXPECT_EQ(first[2].value, 2.0 / 16);
  ASSERT_EQ(second.size(), 4U);
  EXPECT_EQ(second[0].value, 2.0 / 16);
  EXPECT_EQ(
      second[3],
      (MetricPoint{.series = {.metric = "flip_rate", .projection = "pooler"}, .value = 3.0 / 16}));
}

TEST(TernaryLevelsProbe, MeasuresNothingWithoutAModel) {
  std::vector<MetricPoint> points;

  ternaryLevelsProbe().measure({}, points);

  EXPECT_TRUE(points.empty());
}

}  // namespace

}  // namespace retort::train
