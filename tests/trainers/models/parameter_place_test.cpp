#include "trainers/models/parameter_place.h"

#include "trainers/models/bert_parameters.h"

#include <gtest/gtest.h>

namespace retort::train {
namespace {

TEST(ParameterPlace, FindsProjectionsOfALayer) {
  const ParameterPlace place = parameterPlace("bert.encoder.layer.11.attention.self.query.weight");

  EXPECT_EQ(place, (ParameterPlace{.layer = 11, .projection = "q"}));
}

TEST(ParameterPlace, TellsTheTwoOutputsApart) {
  EXPECT_EQ(parameterPlace("bert.encoder.layer.0.attention.output.dense.weight").projection, "o");
  EXPECT_EQ(parameterPlace("bert.encoder.layer.0.output.dense.weight").projection, "ffn2");
  EXPECT_EQ(parameterPlace("bert.encoder.layer.0.intermediate.dense.weight").projection, "ffn1");
}

TEST(ParameterPlace, KnowsBiasesAndNorms) {
  const ParameterPlace place = parameterPlace("bert.encoder.layer.2.output.LayerNorm.bias");

  EXPECT_EQ(
      place,
      (ParameterPlace{.layer = 2, .projection = "output_norm", .is_bias = true, .is_norm = true}));
}

TEST(ParameterPlace, KnowsWhatLiesOutsideTheLayers) {
  EXPECT_EQ(parameterPlace("bert.embeddings.position_embeddings.weight").projection, "embeddings");
  EXPECT_EQ(parameterPlace("bert.pooler.dense.bias").projection, "pooler");
  EXPECT_EQ(parameterPlace("classifier.weight"), (ParameterPlace{.projection = "classifier"}));
}

TEST(ParameterPlace, KnowsDecoders) {
  EXPECT_EQ(parameterPlace("model.layers.12.self_attn.o_proj.weight"),
            (ParameterPlace{.layer = 12, .projection = "o"}));
  EXPECT_EQ(parameterPlace("model.layers.0.self_attn.q_proj.bias"),
            (ParameterPlace{.layer = 0, .projection = "q", .is_bias = true}));
  EXPECT_EQ(parameterPlace("model.layers.3.mlp.gate_proj.weight").projection, "gate");
  EXPECT_EQ(parameterPlace("model.layers.3.mlp.up_proj.weight").projection, "up");
  EXPECT_EQ(parameterPlace("model.layers.3.mlp.down_proj.weight").projection, "down");
  EXPECT_EQ(parameterPlace("model.layers.3.post_attention_layernorm.weight"),
            (ParameterPlace{.layer = 3, .projection = "ffn_norm", .is_norm = true}));
  EXPECT_TRUE(parameterPlace("model.layers.3.self_attn.k_norm.weight").is_norm);
  EXPECT_EQ(parameterPlace("model.norm.weight"),
            (ParameterPlace{.projection = "final_norm", .is_norm = true}));
  EXPECT_EQ(parameterPlace("lm_head.weight"), (ParameterPlace{.projection = "head"}));
  EXPECT_EQ(parameterPlace("model.embed_tokens.weight").projection, "embeddings");
}

TEST(ParameterPlace, KnowsGpt2) {
  EXPECT_EQ(parameterPlace("transformer.h.11.attn.v_proj.bias"),
            (ParameterPlace{.layer = 11, .projection = "v", .is_bias = true}));
  EXPECT_EQ(parameterPlace("transformer.h.0.attn.c_proj.weight").projection, "o");
  EXPECT_EQ(parameterPlace("transformer.h.0.mlp.c_fc.weight").projection, "up");
  EXPECT_EQ(parameterPlace("transformer.h.0.mlp.c_proj.weight").projection, "down");
  EXPECT_EQ(parameterPlace("transformer.h.3.ln_2.weight"),
            (ParameterPlace{.layer = 3, .projection = "ffn_norm", .is_norm = true}));
  EXPECT_EQ(parameterPlace("transformer.ln_f.bias"),
            (ParameterPlace{.projection = "final_norm", .is_bias = true, .is_norm = true}));
  EXPECT_EQ(parameterPlace("transformer.wpe.weight").projection, "embeddings");
  EXPECT_FALSE(isQuantizedWeight("transformer.wte.weight"));
  EXPECT_TRUE(isQuantizedWeight("transformer.h.0.attn.k_proj.weight"));
}

TEST(QuantizedWeights, OfDecodersAreTheLinearsOfTheLayers) {
  EXPECT_TRUE(isQuantizedWeight("model.layers.0.self_attn.v_proj.weight"));
  EXPECT_TRUE(isQuantizedWeight("model.layers.0.mlp.down_proj.weight"));
  for (const char* name : {"model.embed_tokens.weight",
                           "lm_head.weight",
                           "model.norm.weight",
                           "model.layers.0.input_layernorm.weight",
                           "model.layers.0.self_attn.q_proj.bias"}) {
    EXPECT_FALSE(isQuantizedWeight(name)) << name;
  }
}

TEST(ParameterPlace, LeavesUnknownNamesOpen) {
  for (const char* name : {"",
                           "model.layers.1.mlp.experts.0.up_proj.weight",
                           "model.rotary.weight",
                           "bert.encoder.layer.",
                           "bert.encoder.layer.x.output.dense.weight",
                           "bert.encoder.layer.1",
                           "bert.encoder.layer.1.crossattention.self.query.weight"}) {
    EXPECT_EQ(parameterPlace(name).projection, "") << name;
    EXPECT_EQ(parameterPlace(name).layer, -1) << name;
  }
}

TEST(QuantizerParameters, AreNoWeights) {
  const char* step = "quantizers.layer.0.query.lsq_4.step";

  EXPECT_TRUE(isQuantizerParameter(step));
  EXPECT_FALSE(isQuantizerParameter("bert.pooler.dense.weight"));
  EXPECT_FALSE(isQuantizedWeight(step));
  EXPECT_EQ(parameterPlace(step).projection, "");
}

TEST(QuantizedWeights, AreSixPerLayerAndTwo) {
  const BertConfig config = {.num_hidden_layers = 6};
  int count = 0;
  for (const ParameterShape& parameter : bertParameterShapes(config)) {
    count += isQuantizedWeight(parameter.name) ? 1 : 0;
  }

  EXPECT_EQ(count, 38);
}

TEST(QuantizedWeights, LeaveTheRestInFullPrecision) {
  EXPECT_FALSE(isQuantizedWeight("classifier.weight"));
  EXPECT_FALSE(isQuantizedWeight("bert.embeddings.position_embeddings.weight"));
  EXPECT_FALSE(isQuantizedWeight("bert.encoder.layer.0.output.LayerNorm.weight"));
  EXPECT_FALSE(isQuantizedWeight("bert.encoder.layer.0.output.dense.bias"));
  EXPECT_TRUE(isQuantizedWeight("bert.pooler.dense.weight"));
  EXPECT_TRUE(isQuantizedWeight("bert.embeddings.word_embeddings.weight"));
}

}  // namespace
}  // namespace retort::train
