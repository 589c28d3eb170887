#include "trainers/models/llama_config.h"

#include "trainers/train_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

Json validJson(const char* family = "llama") {
  return {{"model_type", family},
          {"vocab_size", 100},
          {"hidden_size", 24},
          {"num_hidden_layers", 3},
          {"num_attention_heads", 6},
          {"num_key_value_heads", 2},
          {"intermediate_size", 40}};
}

Json with(Json json, const Json& changes) {
  json.update(changes);
  return json;
}

DecoderConfig read(const Json& json) {
  return decoderConfigFromJson(json, "m/config.json");
}

/// Reading validJson with those keys changed.
auto reading(const Json& changes, const char* family = "llama") {
  return [json = with(validJson(family), changes)] {
    static_cast<void>(read(json));
  };
}

TEST(DecoderConfig, ReadsSizesAndTakesLlamasDefaults) {
  const DecoderConfig config = read(validJson());

  EXPECT_EQ(config.vocab_size, 100);
  EXPECT_EQ(config.num_key_value_heads, 2);
  EXPECT_EQ(config.head_dim, 4);
  EXPECT_EQ(config.max_position_embeddings, 2048);
  EXPECT_EQ(config.rms_norm_eps, 1e-6);
  EXPECT_EQ(config.rope, RopeSettings{});
  EXPECT_THAT(config.windows, ElementsAre(0, 0, 0));
  EXPECT_FALSE(config.has_input_biases || config.has_output_bias || config.has_mlp_biases);
  EXPECT_FALSE(config.tie_word_embeddings);
  EXPECT_FALSE(config.pad_token_id.has_value());
}

TEST(DecoderConfig, KeyHeadsFollowTheFamilyWhenTheyAreMissing) {
  Json json = validJson();
  json.erase("num_key_value_heads");
  EXPECT_EQ(read(json).num_key_value_heads, 6);

  Json mistral = with(validJson("mistral"), {{"num_attention_heads", 8}, {"hidden_size", 32}});
  mistral.erase("num_key_value_heads");
  EXPECT_EQ(read(mistral).num_key_value_heads, 8);
  mistral["num_attention_heads"] = 4;
  mistral["num_key_value_heads"] = nullptr;
  EXPECT_EQ(read(mistral).num_key_value_heads, 4);
}

TEST(DecoderConfig, BiasesFollowTheFamily) {
  const DecoderConfig llama =
      read(with(validJson(), {{"attention_bias", true}, {"mlp_bias", true}}));
  EXPECT_TRUE(llama.has_input_biases && llama.has_output_bias && llama.has_mlp_biases);

  const DecoderConfig qwen2 = read(validJson("qwen2"));
  EXPECT_TRUE(qwen2.has_input_biases);
  EXPECT_FALSE(qwen2.has_output_bias);

  const DecoderConfig mistral = read(with(validJson("mistral"), {{"attention_bias", true}}));
  EXPECT_FALSE(mistral.has_input_biases);
}

TEST(DecoderConfig, Qwen3HasNormsOfHeadsAndHeadsOfTheirOwnWidth) {
  const DecoderConfig config = read(validJson("qwen3"));

  EXPECT_TRUE(config.hasHeadNorms());
  EXPECT_EQ(config.head_dim, 128);
  EXPECT_EQ(read(with(validJson("qwen3"), {{"head_dim", 16}})).head_dim, 16);
  EXPECT_FALSE(read(validJson("qwen2")).hasHeadNorms());
}

TEST(DecoderConfig, MistralSlidesInAllLayers) {
  EXPECT_THAT(read(validJson("mistral")).windows, ElementsAre(4096, 4096, 4096));
  EXPECT_THAT(read(with(validJson("mistral"), {{"sliding_window", 7}})).windows,
              ElementsAre(7, 7, 7));
  EXPECT_THAT(read(with(validJson("mistral"), {{"sliding_window", nullptr}})).windows,
              ElementsAre(0, 0, 0));
}

TEST(DecoderConfig, QwenSlidesFromALayerOnWhenItIsTold) {
  const Json window = {{"sliding_window", 5}, {"max_window_layers", 1}};
  EXPECT_THAT(read(with(validJson("qwen2"), window)).windows, ElementsAre(0, 0, 0));

  Json used = with(window, {{"use_sliding_window", true}});
  EXPECT_THAT(read(with(validJson("qwen2"), used)).windows, ElementsAre(0, 5, 5));

  used["layer_types"] = {"sliding_attention", "full_attention", "full_attention"};
  EXPECT_THAT(read(with(validJson("qwen3"), used)).windows, ElementsAre(5, 0, 0));
}

TEST(DecoderConfig, BothLayoutsOfRotaryEmbeddingsSayTheSame) {
  const Json scaling = {{"rope_type", "llama3"},
                        {"factor", 8.0},
                        {"low_freq_factor", 1.0},
                        {"high_freq_factor", 4.0},
                        {"original_max_position_embeddings", 8192}};
  const DecoderConfig older =
      read(with(validJson(), {{"rope_theta", 500000.0}, {"rope_scaling", scaling}}));
  const DecoderConfig newer =
      read(with(validJson(), {{"rope_parameters", with(scaling, {{"rope_theta", 500000.0}})}}));

  EXPECT_EQ(older, newer);
  EXPECT_EQ(older.rope.type, RopeType::kLlama3);
  EXPECT_EQ(older.rope.theta, 500000);
  EXPECT_EQ(older.rope.original_max_position_embeddings, 8192);
}

TEST(DecoderConfig, ReadsTheOldWordForTheTypeOfScaling) {
  const Json linear = {{"rope_scaling", {{"type", "linear"}, {"factor", 2}}}};
  EXPECT_EQ(read(with(validJson(), linear)).rope.type, RopeType::kLinear);
}

TEST(DecoderConfig, TokensMayBeMissingOrSeveral) {
  const DecoderConfig config = read(with(
      validJson(), {{"pad_token_id", -1}, {"bos_token_id", nullptr}, {"eos_token_id", {3, 4}}}));

  EXPECT_FALSE(config.pad_token_id.has_value());
  EXPECT_FALSE(config.bos_token_id.has_value());
  EXPECT_THAT(config.eos_token_ids, ElementsAre(3, 4));
}

TEST(DecoderConfig, SurvivesWritingAndReading) {
  const Json yarn = {{"rope_type", "yarn"},
                     {"factor", 4.0},
                     {"original_max_position_embeddings", 16},
                     {"mscale", 1.5},
                     {"mscale_all_dim", 0.5},
                     {"beta_fast", 16.0},
                     {"truncate", false}};
  const Json windows = {{"use_sliding_window", true},
                        {"sliding_window", 5},
                        {"layer_types", {"full_attention", "sliding_attention", "full_attention"}}};
  const std::vector<Json> models = {
      with(validJson(), {{"attention_bias", true}, {"rope_theta", 7.0}, {"eos_token_id", {1, 2}}}),
      with(validJson(), {{"rope_scaling", yarn}, {"mlp_bias", true}, {"bos_token_id", 1}}),
      with(validJson("mistral"), {{"sliding_window", nullptr}, {"eos_token_id", 2}}),
      with(validJson("mistral"), {{"sliding_window", 9}, {"tie_word_embeddings", true}}),
      with(validJson("qwen2"), windows),
      with(validJson("qwen3"), {{"pad_token_id", 0}, {"attention_dropout", 0.1}}),
  };
  for (const Json& model : models) {
    const DecoderConfig config = read(model);
    const Json written = decoderConfigToJson(config, "bfloat16");
    EXPECT_EQ(read(written), config) << written.dump();
    EXPECT_EQ(written.at("torch_dtype"), "bfloat16");
    EXPECT_EQ(written.at("model_type"), model.at("model_type"));
  }
}

TEST(DecoderConfig, RefusesWhatTheModelCannotDo) {
  const auto refuses = [](const Json& changes, const char* message) {
    EXPECT_THAT(reading(changes, "qwen2"), ThrowsMessage<TrainError>(HasSubstr(message)));
  };
  refuses({{"model_type", "gemma3"}}, "'model_type' is \"gemma3\"");
  refuses({{"hidden_act", "gelu"}}, "'hidden_act' is \"gelu\"");
  refuses({{"quantization_config", {{"bits", 4}}}}, "quantized already");
  refuses({{"partial_rotary_factor", 0.5}}, "'partial_rotary_factor'");
  refuses({{"rope_scaling", {{"rope_type", "longrope"}}}}, "\"longrope\"");
  refuses({{"rope_scaling", {{"rope_type", "linear"}}}}, "'factor' is missing");
  refuses({{"rope_parameters", {{"full_attention", {{"rope_type", "default"}}}}}},
          "differ between layers");
  refuses({{"layer_types", {"full_attention"}}}, "a list of 3 words");
  refuses({{"layer_types", {"full_attention", "full_attention", "linear_attention"}}},
          "\"linear_attention\"");
  refuses({{"layer_types", {"full_attention", "full_attention", "sliding_attention"}}},
          "no 'sliding_window' is in use");
}

TEST(DecoderConfig, RefusesSizesThatDoNotFit) {
  const auto refuses = [](const Json& changes, const char* message) {
    EXPECT_THAT(reading(changes), ThrowsMessage<TrainError>(HasSubstr(message)));
  };
  refuses({{"num_key_value_heads", 4}}, "'num_attention_heads' 6 is not a multiple");
  refuses({{"hidden_size", 25}}, "'hidden_size' 25 is not a multiple");
  refuses({{"head_dim", 3}}, "the width must be even");
  refuses({{"vocab_size", nullptr}}, "'vocab_size' is missing");
  refuses({{"eos_token_id", 100}}, "'eos_token_id' names 100");
  refuses({{"tie_word_embeddings", "yes"}}, "must be true or false");
  refuses(
      {{"rope_scaling",
        {{"rope_type", "llama3"}, {"factor", 8}, {"low_freq_factor", 4}, {"high_freq_factor", 4}}}},
      "'high_freq_factor' must be larger");
}

TEST(DecoderConfig, MistralsLayersAreAllAlike) {
  const Json mixed = {{"layer_types", {"full_attention", "sliding_attention", "full_attention"}}};
  EXPECT_THAT(reading(mixed, "mistral"),
              ThrowsMessage<TrainError>(HasSubstr("in qwen2 and qwen3 only")));
}

TEST(DecoderConfig, KnowsItsOwnFamily) {
  EXPECT_TRUE(isDecoderConfig(validJson("qwen3")));
  EXPECT_FALSE(isDecoderConfig({{"model_type", "bert"}}));
  EXPECT_FALSE(isDecoderConfig(Json::array()));
}

}  // namespace
}  // namespace retort::train
