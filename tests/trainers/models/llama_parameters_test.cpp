#include "trainers/models/llama_parameters.h"

#include "tests/trainers/models/tiny_decoder.h"

#include <ATen/ATen.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::train {
namespace {

DecoderConfig smallConfig(Json changes = Json::object()) {
  changes["vocab_size"] = 30;
  return smallDecoderConfig(changes);
}

std::vector<std::int64_t> shapeOf(const DecoderConfig& config, const std::string& name) {
  for (const ParameterShape& parameter : decoderParameterShapes(config)) {
    if (parameter.name == name) {
      return parameter.shape;
    }
  }
  return {};
}

bool has(const DecoderConfig& config, const std::string& name) {
  return !shapeOf(config, name).empty();
}

TEST(LlamaParameters, ShapesAreHuggingFaces) {
  const DecoderConfig config = smallConfig();
  using Shape = std::vector<std::int64_t>;

  EXPECT_EQ(decoderParameterShapes(config).size(), 1 + 2 * 9 + 2);
  EXPECT_EQ(shapeOf(config, "model.embed_tokens.weight"), (Shape{30, 16}));
  EXPECT_EQ(shapeOf(config, "model.layers.1.self_attn.q_proj.weight"), (Shape{16, 16}));
  EXPECT_EQ(shapeOf(config, "model.layers.1.self_attn.k_proj.weight"), (Shape{8, 16}));
  EXPECT_EQ(shapeOf(config, "model.layers.0.self_attn.o_proj.weight"), (Shape{16, 16}));
  EXPECT_EQ(shapeOf(config, "model.layers.0.mlp.gate_proj.weight"), (Shape{24, 16}));
  EXPECT_EQ(shapeOf(config, "model.layers.0.mlp.down_proj.weight"), (Shape{16, 24}));
  EXPECT_EQ(shapeOf(config, "model.layers.0.input_layernorm.weight"), (Shape{16}));
  EXPECT_EQ(shapeOf(config, "model.layers.0.post_attention_layernorm.weight"), (Shape{16}));
  EXPECT_EQ(shapeOf(config, "model.norm.weight"), (Shape{16}));
  EXPECT_EQ(shapeOf(config, "lm_head.weight"), (Shape{30, 16}));
}

TEST(LlamaParameters, ATiedHeadIsAWeightButNoParameter) {
  const DecoderConfig tied = smallConfig({{"tie_word_embeddings", true}});

  EXPECT_FALSE(has(tied, "lm_head.weight"));
  EXPECT_EQ(decoderWeightShapes(tied).back().name, "lm_head.weight");
  EXPECT_EQ(decoderWeightShapes(tied).back().shape, (std::vector<std::int64_t>{30, 16}));
  EXPECT_EQ(decoderWeightShapes(smallConfig()).size(),
            decoderParameterShapes(smallConfig()).size());
}

TEST(LlamaParameters, BiasesAndNormsOfHeadsFollowTheConfiguration) {
  const DecoderConfig qwen2 = smallConfig({{"model_type", "qwen2"}});
  EXPECT_TRUE(has(qwen2, "model.layers.0.self_attn.v_proj.bias"));
  EXPECT_FALSE(has(qwen2, "model.layers.0.self_attn.o_proj.bias"));

  const DecoderConfig qwen3 = smallConfig({{"model_type", "qwen3"}, {"head_dim", 6}});
  EXPECT_EQ(shapeOf(qwen3, "model.layers.1.self_attn.k_norm.weight"),
            (std::vector<std::int64_t>{6}));
  EXPECT_EQ(shapeOf(qwen3, "model.layers.1.self_attn.q_proj.weight"),
            (std::vector<std::int64_t>{24, 16}));

  const DecoderConfig llama = smallConfig({{"attention_bias", true}, {"mlp_bias", true}});
  EXPECT_TRUE(has(llama, "model.layers.0.self_attn.o_proj.bias"));
  EXPECT_TRUE(has(llama, "model.layers.0.mlp.down_proj.bias"));
}

TEST(LlamaParameters, StartAsHuggingFaceStarts) {
  at::manual_seed(5);
  const DecoderConfig config = smallConfig({{"model_type", "qwen3"},
                                            {"head_dim", 64},
                                            {"attention_bias", true},
                                            {"initializer_range", 0.5},
                                            {"pad_token_id", 3}});
  for (const NamedTensor& entry : randomDecoderParameters(config, at::kDouble)) {
    if (entry.name.ends_with(".bias")) {
      EXPECT_EQ(entry.tensor.abs().max().item<double>(), 0) << entry.name;
    } else if (entry.tensor.dim() == 1) {
      EXPECT_TRUE(entry.tensor.eq(1).all().item<bool>()) << entry.name;
    } else {
      EXPECT_NEAR(entry.tensor.std().item<double>(), 0.5, 0.1) << entry.name;
      EXPECT_NEAR(entry.tensor.mean().item<double>(), 0, 0.1) << entry.name;
    }
  }
}

TEST(LlamaParameters, ThePaddingTokenStartsAtZero) {
  const NamedTensors parameters =
      randomDecoderParameters(smallConfig({{"pad_token_id", 3}}), at::kFloat);
  const at::Tensor& table = *findTensor(parameters, kTokenTable);

  EXPECT_EQ(table[3].abs().max().item<float>(), 0);
  EXPECT_GT(table[2].abs().max().item<float>(), 0);
}

}  // namespace
}  // namespace retort::train
