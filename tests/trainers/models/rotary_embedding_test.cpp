#include "trainers/models/rotary_embedding.h"

#include "tests/trainers/tensor_testing.h"
#include "trainers/models/llama_config.h"

#include <ATen/ATen.h>

#include <gtest/gtest.h>

#include <cmath>

namespace retort::train {
namespace {

Json smallModel() {
  return {{"model_type", "llama"},
          {"vocab_size", 40},
          {"hidden_size", 32},
          {"intermediate_size", 40},
          {"num_hidden_layers", 1},
          {"num_attention_heads", 4}};
}

at::Tensor positionsOf(const Json& values) {
  return tensorOf(values).to(at::kLong);
}

TEST(RotaryEmbedding, FrequenciesAreHuggingFaces) {
  const Json golden = testData("decoder_golden.json");
  int compared = 0;
  for (const Json& given : golden.at("frequencies")) {
    Json json = smallModel();
    json.update(given.at("settings"));
    const DecoderConfig config = decoderConfigFromJson(json, "config.json");

    const RotaryFrequencies made = rotaryFrequencies(
        config.rope,
        {.head_dim = config.head_dim, .max_position_embeddings = config.max_position_embeddings},
        given.at("length").get<std::int64_t>(),
        at::TensorOptions(at::kDouble));

    EXPECT_LT(largestDifference(made.inverse, tensorOf(given.at("inverse"))), 1e-14)
        << given.at("settings").dump();
    EXPECT_LT(relativeDifference(made.attention_factor, given.at("factor").get<double>()), 1e-14)
        << given.at("settings").dump();
    ++compared;
  }
  EXPECT_EQ(compared, 8);
}

TEST(RotaryEmbedding, TurnsEachPairByItsAngle) {
  // Width 4: the pairs (x0, x2) and (x1, x3) turn by 1 and 1/100 a position.
  const RotaryTable table = rotaryTable({.theta = 10000},
                                        {.head_dim = 4, .max_position_embeddings = 8},
                                        positionsOf({{0, 3}}),
                                        at::kDouble);
  const at::Tensor x = tensorOf({{{{1, 2, 3, 4}, {1, 2, 3, 4}}}});

  const at::Tensor turned = rotate(x, table);

  const double fast = 3.0;
  const double slow = 0.03;
  const at::Tensor expected = tensorOf({{{{1, 2, 3, 4},
                                          {std::cos(fast) - 3 * std::sin(fast),
                                           2 * std::cos(slow) - 4 * std::sin(slow),
                                           3 * std::cos(fast) + std::sin(fast),
                                           4 * std::cos(slow) + 2 * std::sin(slow)}}}});
  EXPECT_LT(largestDifference(turned, expected), 1e-14);
}

TEST(RotaryEmbedding, ProductsSeeDistancesOnly) {
  const RopeSettings rope = {.theta = 100};
  const RopeShape shape = {.head_dim = 8, .max_position_embeddings = 64};
  const at::Tensor query = randomTensor({1, 1, 1, 8}, 1);
  const at::Tensor key = randomTensor({1, 1, 1, 8}, 2);
  const auto product = [&](int at_query, int at_key) {
    const auto turned = [&](const at::Tensor& x, int position) {
      return rotate(x, rotaryTable(rope, shape, positionsOf({{position}}), at::kDouble));
    };
    return (turned(query, at_query) * turned(key, at_key)).sum().item<double>();
  };

  EXPECT_NEAR(product(5, 2), product(40, 37), 1e-12);
  EXPECT_GT(std::abs(product(5, 2) - product(5, 3)), 1e-3);
}

TEST(RotaryEmbedding, RowsMayCountDifferently) {
  const RopeSettings rope;
  const RopeShape shape = {.head_dim = 4, .max_position_embeddings = 8};

  const RotaryTable rows = rotaryTable(rope, shape, positionsOf({{0, 1}, {0, 0}}), at::kDouble);

  EXPECT_EQ(rows.cosine.sizes(), at::IntArrayRef({2, 1, 2, 4}));
  EXPECT_EQ(rows.cosine[1][0][1][0].item<double>(), 1);
  EXPECT_LT(rows.cosine[0][0][1][0].item<double>(), 0.6);
}

TEST(RotaryEmbedding, HalfPrecisionRoundsOnceAtTheEnd) {
  const RopeSettings rope;
  const RopeShape shape = {.head_dim = 64, .max_position_embeddings = 4096};
  const at::Tensor positions = at::arange(4000, 4010).unsqueeze(0);

  const RotaryTable half = rotaryTable(rope, shape, positions, at::kBFloat16);
  const RotaryTable full = rotaryTable(rope, shape, positions, at::kFloat);

  EXPECT_EQ(half.sine.scalar_type(), at::kBFloat16);
  EXPECT_TRUE(at::equal(half.sine, full.sine.to(at::kBFloat16)));
}

TEST(RotaryEmbedding, DynamicScalingLeavesShortRowsAlone) {
  const RopeSettings dynamic = {.type = RopeType::kDynamic, .factor = 4};
  const RopeShape shape = {.head_dim = 8, .max_position_embeddings = 16};
  const auto sine = [&](const RopeSettings& rope, int length) {
    return rotaryTable(rope, shape, at::arange(length).unsqueeze(0), at::kDouble).sine;
  };

  EXPECT_TRUE(at::equal(sine(dynamic, 16), sine({}, 16)));
  EXPECT_GT(largestDifference(sine(dynamic, 17), sine({}, 17)), 1e-3);
}

}  // namespace
}  // namespace retort::train
