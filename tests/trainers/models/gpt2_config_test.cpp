#include "trainers/models/gpt2_config.h"

#include "trainers/train_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

Json with(const Json& changes) {
  Json json = {{"model_type", "gpt2"},
               {"vocab_size", 100},
               {"n_positions", 64},
               {"n_embd", 24},
               {"n_layer", 3},
               {"n_head", 6}};
  json.update(changes);
  return json;
}

Gpt2Config read(const Json& changes = Json::object()) {
  return gpt2ConfigFromJson(with(changes), "m/config.json");
}

auto reading(const Json& changes) {
  return [changes] {
    static_cast<void>(read(changes));
  };
}

TEST(Gpt2Config, ReadsSizesAndTakesHuggingFacesDefaults) {
  const Gpt2Config config = read();

  EXPECT_EQ(config.n_positions, 64);
  EXPECT_EQ(config.n_inner, 96);
  EXPECT_EQ(config.headSize(), 4);
  EXPECT_EQ(config.activation_function, "gelu_new");
  EXPECT_EQ(config.layer_norm_epsilon, 1e-5);
  EXPECT_EQ(config.embd_pdrop, 0.1);
  EXPECT_EQ(config.resid_pdrop, 0.1);
  EXPECT_EQ(config.attn_pdrop, 0.1);
  EXPECT_TRUE(config.tie_word_embeddings);
  EXPECT_FALSE(config.bos_token_id.has_value());
}

TEST(Gpt2Config, ReadsTheUsualNamesOfSizes) {
  const Json json = {{"model_type", "gpt2"},
                     {"vocab_size", 100},
                     {"max_position_embeddings", 64},
                     {"hidden_size", 24},
                     {"num_hidden_layers", 3},
                     {"num_attention_heads", 6}};

  EXPECT_EQ(gpt2ConfigFromJson(json, "m"), read());
}

TEST(Gpt2Config, ScoresAreScaledByWidthAndLayer) {
  EXPECT_EQ(read().attentionScale(2), 0.5);
  EXPECT_EQ(read({{"scale_attn_weights", false}}).attentionScale(2), 1);
  EXPECT_EQ(read({{"scale_attn_by_inverse_layer_idx", true}}).attentionScale(0), 0.5);
  EXPECT_EQ(read({{"scale_attn_by_inverse_layer_idx", true}}).attentionScale(3), 0.125);
}

TEST(Gpt2Config, WritesWhatItReads) {
  for (const Json& changes : {Json::object(),
                              Json{{"n_inner", 40},
                                   {"activation_function", "gelu"},
                                   {"tie_word_embeddings", false},
                                   {"scale_attn_weights", false},
                                   {"scale_attn_by_inverse_layer_idx", true},
                                   {"attn_pdrop", 0},
                                   {"bos_token_id", 7},
                                   {"pad_token_id", 3},
                                   {"eos_token_id", {7, 8}}}}) {
    const Gpt2Config config = read(changes);
    const Json written = gpt2ConfigToJson(config, "float32");
    EXPECT_EQ(gpt2ConfigFromJson(written, "again"), config);
    EXPECT_EQ(written.at("architectures"), Json{"GPT2LMHeadModel"});
  }
  EXPECT_THAT(read({{"eos_token_id", {7, 8}}}).eos_token_ids, ElementsAre(7, 8));
}

TEST(Gpt2Config, RefusesWhatTheModelCannotDo) {
  const auto refused = [](const Json& changes, const char* message) {
    EXPECT_THAT(reading(changes), ThrowsMessage<TrainError>(HasSubstr(message)));
  };
  refused({{"model_type", "gptj"}}, "m/config.json: 'model_type' is not gpt2");
  refused({{"activation_function", "relu"}}, "'activation_function' is \"relu\"");
  refused({{"activation_function", 3}}, "'activation_function' is 3");
  refused({{"add_cross_attention", true}}, "cross");
  refused({{"quantization_config", {{"bits", 4}}}}, "quantized already");
  refused({{"n_head", 5}}, "'n_embd' 24 is not a multiple of 'n_head' 5");
  refused({{"n_positions", 0}}, "'n_positions' must be an integer");
  refused({{"n_layer", nullptr}}, "'n_layer' is missing");
  refused({{"attn_pdrop", 1}}, "'attn_pdrop' must be a number");
  refused({{"eos_token_id", 100}}, "'eos_token_id' names 100");
}

TEST(Gpt2Config, KnowsItsOwn) {
  EXPECT_TRUE(isGpt2Config(with(Json::object())));
  EXPECT_FALSE(isGpt2Config({{"model_type", "llama"}}));
  EXPECT_FALSE(isGpt2Config(Json::array()));
}

}  // namespace
}  // namespace retort::train
