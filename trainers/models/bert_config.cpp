#include "trainers/models/bert_config.h"

#include "trainers/models/config_reader.h"
#include "trainers/train_error.h"

#include <fmt/format.h>

namespace retort::train {
namespace {

constexpr std::int64_t kLargestSize = ConfigReader::kLargestSize;

std::int64_t labelCount(const ConfigReader& reader) {
  if (reader.has("num_labels")) {
    return reader.integer("num_labels", 1, kLargestSize);
  }
  if (!reader.has("id2label")) {
    return 2;
  }
  const Json& labels = reader.at("id2label");
  if (!labels.is_object() || labels.empty()) {
    reader.refuse("'id2label' must map the class numbers to names");
  }
  return static_cast<std::int64_t>(labels.size());
}

void requireSupported(const ConfigReader& reader, const BertConfig& config) {
  reader.requireWord("model_type", {"bert", "electra"});
  reader.requireWord("hidden_act", {"gelu"});
  reader.requireWord("position_embedding_type", {"absolute"});
  const std::int64_t embedding_size =
      reader.integerOr("embedding_size", config.hidden_size, 1, kLargestSize);
  if (embedding_size != config.hidden_size) {
    reader.refuse(fmt::format(
        "'embedding_size' {} differs from 'hidden_size' {}: projected embeddings (small ELECTRA "
        "models) are not supported",
        embedding_size,
        config.hidden_size));
  }
  if (config.hidden_size % config.num_attention_heads != 0) {
    reader.refuse(fmt::format("'hidden_size' {} is not a multiple of 'num_attention_heads' {}",
                              config.hidden_size,
                              config.num_attention_heads));
  }
  if (config.pad_token_id >= config.vocab_size) {
    reader.refuse(fmt::format("'pad_token_id' {} lies outside the vocabulary of {}",
                              config.pad_token_id,
                              config.vocab_size));
  }
}

const std::vector<SettingCondition> kWhenFinetuning = {
    {.key = "phase", .any_of = {"finetune", "pretrain"}}};
const std::vector<SettingCondition> kWhenDistilling = {{.key = "phase", .any_of = {"kd_qat"}}};
const std::vector<SettingCondition> kWhenRandom = {
    {.key = "phase", .any_of = {"finetune", "pretrain"}},
    {.key = "model.init", .any_of = {"random"}}};

SettingSpec architectureSpec(const char* name, const char* documentation) {
  return {.key = fmt::format("model.architecture.{}", name),
          .documentation = documentation,
          .minimum = 1,
          .maximum = 65536,
          .when = kWhenRandom};
}

SettingSpec dropoutSpec(const char* name, const char* documentation) {
  // A probability of 1 would drop everything.
  return {.key = fmt::format("model.{}", name),
          .documentation = documentation,
          .minimum = 0,
          .maximum = 0.99};
}

}  // namespace

BertConfig bertConfigFromJson(const Json& json, const std::string& origin) {
  const ConfigReader reader(json, origin);
  constexpr double kLargestProbability = 0.99;
  BertConfig config;
  config.vocab_size = reader.size("vocab_size");
  config.hidden_size = reader.size("hidden_size");
  config.num_hidden_layers = reader.size("num_hidden_layers");
  config.num_attention_heads = reader.size("num_attention_heads");
  config.intermediate_size = reader.size("intermediate_size");
  config.max_position_embeddings = reader.size("max_position_embeddings");
  config.type_vocab_size =
      reader.integerOr("type_vocab_size", config.type_vocab_size, 1, kLargestSize);
  config.pad_token_id = reader.integerOr("pad_token_id", config.pad_token_id, 0, kLargestSize);
  config.num_labels = labelCount(reader);
  config.layer_norm_eps = reader.realOr("layer_norm_eps", config.layer_norm_eps, 0, 1);
  config.initializer_range = reader.realOr("initializer_range", config.initializer_range, 0, 10);
  config.hidden_dropout_prob =
      reader.realOr("hidden_dropout_prob", config.hidden_dropout_prob, 0, kLargestProbability);
  config.attention_probs_dropout_prob = reader.realOr(
      "attention_probs_dropout_prob", config.attention_probs_dropout_prob, 0, kLargestProbability);
  requireSupported(reader, config);
  return config;
}

Json bertConfigToJson(const BertConfig& config, const std::string& torch_dtype) {
  return {{"architectures", {"BertForSequenceClassification"}},
          {"model_type", "bert"},
          {"hidden_act", "gelu"},
          {"position_embedding_type", "absolute"},
          {"torch_dtype", torch_dtype},
          {"vocab_size", config.vocab_size},
          {"hidden_size", config.hidden_size},
          {"num_hidden_layers", config.num_hidden_layers},
          {"num_attention_heads", config.num_attention_heads},
          {"intermediate_size", config.intermediate_size},
          {"max_position_embeddings", config.max_position_embeddings},
          {"type_vocab_size", config.type_vocab_size},
          {"pad_token_id", config.pad_token_id},
          {"num_labels", config.num_labels},
          {"layer_norm_eps", config.layer_norm_eps},
          {"initializer_range", config.initializer_range},
          {"hidden_dropout_prob", config.hidden_dropout_prob},
          {"attention_probs_dropout_prob", config.attention_probs_dropout_prob}};
}

const SettingGroup<ModelSettings>& modelSettings() {
  static const auto kGroup =
      SettingGroup<ModelSettings>()
          .add(&ModelSettings::init,
               {.key = "model.init",
                .type = SettingType::kPath,
                .is_required = true,
                .documentation =
                    "where the training starts: a Hugging Face folder, or random weights",
                .choices = {"random"},
                .when = kWhenFinetuning})
          .add(&ModelSettings::tokenizer,
               {.key = "model.tokenizer",
                .type = SettingType::kPath,
                .is_required = true,
                .documentation = "folder with the tokenizer of a model that starts at random "
                                 "(tokenizer.json or tokenizer.model)",
                .when = {{.key = "phase", .any_of = {"pretrain"}},
                         {.key = "model.init", .any_of = {"random"}},
                         {.key = "data.task", .any_of = {"text"}}}})
          .add(&ModelSettings::teacher,
               {.key = "model.teacher",
                .type = SettingType::kPath,
                .is_required = true,
                .documentation = "the full-precision teacher: a Hugging Face folder",
                .when = {{.key = "phase", .any_of = {"kd_qat", "generate"}}}})
          .add(&ModelSettings::student,
               {.key = "model.student",
                .type = SettingType::kPath,
                .documentation =
                    "weights the student starts from: a Hugging Face folder, or the teacher's",
                .choices = {"teacher"},
                .when = kWhenDistilling})
          .add(&ModelSettings::hidden_dropout,
               dropoutSpec("hidden_dropout",
                           "dropout of hidden states; config.json's when not given"))
          .add(&ModelSettings::attention_dropout,
               dropoutSpec("attention_dropout",
                           "dropout of attention probabilities; config.json's when not given"));
  return kGroup;
}

const SettingGroup<ArchitectureSettings>& architectureSettings() {
  static const auto kGroup =
      SettingGroup<ArchitectureSettings>()
          .add(&ArchitectureSettings::layers, architectureSpec("layers", "number of layers"))
          .add(&ArchitectureSettings::hidden_size,
               architectureSpec("hidden_size", "width of the hidden states"))
          .add(&ArchitectureSettings::heads,
               architectureSpec("heads", "attention heads; they divide the width"))
          .add(&ArchitectureSettings::intermediate_size,
               architectureSpec("intermediate_size", "width inside the feed-forward part"))
          .add(&ArchitectureSettings::max_positions,
               architectureSpec("max_positions", "longest input in tokens"))
          .add(&ArchitectureSettings::initializer_range,
               {.key = "model.architecture.initializer_range",
                .documentation = "standard deviation of the random weights; BERT's 0.02 makes "
                                 "narrow encoders start very slowly",
                .minimum = 0,
                .maximum = 1,
                .when = kWhenRandom});
  return kGroup;
}

BertConfig bertConfigFromArchitecture(const ArchitectureSettings& architecture,
                                      std::int64_t vocab_size,
                                      std::int64_t num_labels) {
  if (architecture.hidden_size % architecture.heads != 0) {
    throw TrainError(
        ExitCode::kBadSpec,
        fmt::format(
            "model.architecture.hidden_size {} is not a multiple of model.architecture.heads {}",
            architecture.hidden_size,
            architecture.heads));
  }
  return {.vocab_size = vocab_size,
          .hidden_size = architecture.hidden_size,
          .num_hidden_layers = architecture.layers,
          .num_attention_heads = architecture.heads,
          .intermediate_size = architecture.intermediate_size,
          .max_position_embeddings = architecture.max_positions,
          .num_labels = num_labels,
          .initializer_range = architecture.initializer_range};
}

BertConfig withDropout(BertConfig config, const ModelSettings& settings) {
  config.hidden_dropout_prob = settings.hidden_dropout.value_or(config.hidden_dropout_prob);
  config.attention_probs_dropout_prob =
      settings.attention_dropout.value_or(config.attention_probs_dropout_prob);
  return config;
}

}  // namespace retort::train
