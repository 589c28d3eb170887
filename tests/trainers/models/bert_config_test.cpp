#include "trainers/models/bert_config.h"

#include "trainers/train_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::train {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

Json validJson() {
  return {{"model_type", "bert"},
          {"hidden_act", "gelu"},
          {"vocab_size", 100},
          {"hidden_size", 12},
          {"num_hidden_layers", 2},
          {"num_attention_heads", 3},
          {"intermediate_size", 24},
          {"max_position_embeddings", 16}};
}

/// The message for validJson with one key changed.
auto readingWith(const char* key, Json value) {
  return [key, value = std::move(value)] {
    Json json = validJson();
    json[key] = value;
    static_cast<void>(bertConfigFromJson(json, "m/config.json"));
  };
}

TEST(BertConfig, ReadsSizesAndTakesDefaults) {
  const BertConfig config = bertConfigFromJson(validJson(), "m/config.json");

  EXPECT_EQ(config.vocab_size, 100);
  EXPECT_EQ(config.num_attention_heads, 3);
  EXPECT_EQ(config.type_vocab_size, 2);
  EXPECT_EQ(config.num_labels, 2);
  EXPECT_EQ(config.layer_norm_eps, 1e-12);
  EXPECT_EQ(config.hidden_dropout_prob, 0.1);
}

TEST(BertConfig, IgnoresUnknownKeys) {
  Json json = validJson();
  json["torch_dtype"] = "float16";
  json["use_cache"] = true;

  EXPECT_EQ(bertConfigFromJson(json, "m"), bertConfigFromJson(validJson(), "m"));
}

TEST(BertConfig, CountsLabelsFromTheirNames) {
  Json json = validJson();
  json["id2label"] = {{"0", "a"}, {"1", "b"}, {"2", "c"}};

  EXPECT_EQ(bertConfigFromJson(json, "m").num_labels, 3);
}

TEST(BertConfig, SurvivesWritingAndReading) {
  BertConfig config = bertConfigFromJson(validJson(), "m");
  config.num_labels = 1;
  config.hidden_dropout_prob = 0;
  config.layer_norm_eps = 1e-5;

  EXPECT_EQ(bertConfigFromJson(bertConfigToJson(config, "float32"), "m"), config);
}

TEST(BertConfig, NamesAMissingSize) {
  Json json = validJson();
  json.erase("hidden_size");

  EXPECT_THAT([&] { static_cast<void>(bertConfigFromJson(json, "m/config.json")); },
              ThrowsMessage<TrainError>("m/config.json: 'hidden_size' is missing"));
}

TEST(BertConfig, RefusesValuesOfTheWrongKind) {
  EXPECT_THAT(readingWith("hidden_size", "12"),
              ThrowsMessage<TrainError>(HasSubstr("'hidden_size' must be an integer")));
  EXPECT_THAT(readingWith("vocab_size", -1), ThrowsMessage<TrainError>(HasSubstr("not -1")));
  EXPECT_THAT(readingWith("vocab_size", 1e300),
              ThrowsMessage<TrainError>(HasSubstr("must be an integer")));
  EXPECT_THAT(readingWith("hidden_dropout_prob", 1.5),
              ThrowsMessage<TrainError>(HasSubstr("from 0 to 0.99")));
  EXPECT_THAT(readingWith("id2label", Json::array({1})),
              ThrowsMessage<TrainError>(HasSubstr("'id2label'")));
}

TEST(BertConfig, RefusesSizesThatDoNotFit) {
  EXPECT_THAT(readingWith("num_attention_heads", 5),
              ThrowsMessage<TrainError>(HasSubstr("not a multiple")));
  EXPECT_THAT(readingWith("pad_token_id", 100),
              ThrowsMessage<TrainError>(HasSubstr("outside the vocabulary")));
}

TEST(BertConfig, RefusesWhatTheModelCannotDo) {
  EXPECT_THAT(readingWith("model_type", "gpt2"),
              ThrowsMessage<TrainError>(HasSubstr("'model_type' is \"gpt2\"")));
  EXPECT_THAT(readingWith("hidden_act", "relu"),
              ThrowsMessage<TrainError>(HasSubstr("'hidden_act'")));
  EXPECT_THAT(readingWith("position_embedding_type", "relative_key"),
              ThrowsMessage<TrainError>(HasSubstr("absolute")));
  EXPECT_THAT(readingWith("embedding_size", 4),
              ThrowsMessage<TrainError>(HasSubstr("projected embeddings")));
}

TEST(BertConfig, RefusesWhatIsNoObject) {
  EXPECT_THAT([] { static_cast<void>(bertConfigFromJson(Json::array(), "m")); },
              ThrowsMessage<TrainError>(HasSubstr("object of settings")));
}

TEST(ModelSettings, OverrideDropout) {
  const ModelSettings settings =
      modelSettings().read({{"model.hidden_dropout", 0.0}, {"model.teacher", "t"}});

  const BertConfig config = withDropout(BertConfig(), settings);

  EXPECT_EQ(config.hidden_dropout_prob, 0);
  EXPECT_EQ(config.attention_probs_dropout_prob, 0.1);
  EXPECT_EQ(settings.student, "teacher");
}

TEST(ModelSettings, RequireAModelForEachPhaseAndATokenizerForRandomWeights) {
  std::vector<std::string> required;
  for (const SettingSpec& spec : modelSettings().specs()) {
    if (spec.is_required) {
      required.push_back(spec.key);
    }
  }

  EXPECT_EQ(required, (std::vector<std::string>{"model.init", "model.tokenizer", "model.teacher"}));
}

TEST(ArchitectureSettings, MakeAConfiguration) {
  const ArchitectureSettings settings =
      architectureSettings().read({{"model.architecture.layers", 3}});

  const BertConfig config = bertConfigFromArchitecture(settings, 50, 1);

  EXPECT_EQ(config.num_hidden_layers, 3);
  EXPECT_EQ(config.hidden_size, 64);
  EXPECT_EQ(config.vocab_size, 50);
  EXPECT_EQ(config.num_labels, 1);
}

TEST(ArchitectureSettings, RefuseHeadsThatDoNotDivide) {
  EXPECT_THAT([] { static_cast<void>(bertConfigFromArchitecture({.heads = 3}, 50, 2)); },
              ThrowsMessage<TrainError>(HasSubstr("not a multiple of model.architecture.heads 3")));
}

}  // namespace
}  // namespace retort::train
