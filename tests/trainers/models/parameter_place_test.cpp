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

TEST(ParameterPlace, LeavesUnknownNamesOpen) {
  for (const char* name : {"",
                           "lm_head.weight",
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
