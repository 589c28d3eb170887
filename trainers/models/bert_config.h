#pragma once

#include "core/base/json.h"
#include "trainers/settings/setting_group.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace retort::train {

/// The shape of an encoder of the BERT family; names are those of Hugging Face's config.json.
struct BertConfig {
  std::int64_t vocab_size = 30522;
  std::int64_t hidden_size = 768;
  std::int64_t num_hidden_layers = 12;
  std::int64_t num_attention_heads = 12;
  std::int64_t intermediate_size = 3072;
  std::int64_t max_position_embeddings = 512;
  std::int64_t type_vocab_size = 2;
  std::int64_t pad_token_id = 0;
  std::int64_t num_labels = 2;  ///< 1: regression
  double layer_norm_eps = 1e-12;
  double initializer_range = 0.02;
  double hidden_dropout_prob = 0.1;
  double attention_probs_dropout_prob = 0.1;

  bool operator==(const BertConfig&) const = default;
};

/// Reads the values of a config.json; `origin` (the file) opens each message. Missing keys take
/// BERT's defaults, except the sizes, which must be there; `num_labels` may come from `id2label`.
/// Throws TrainError (bad data) for values that are malformed, out of range or inconsistent, and
/// for what this model cannot do: a `hidden_act` other than gelu, position embeddings that are not
/// absolute, embeddings of another width than the layers, another architecture.
[[nodiscard]] BertConfig bertConfigFromJson(const Json& json, const std::string& origin);

/// A config.json of a BertForSequenceClassification that other tools load. `torch_dtype` is
/// "float32" or "float64".
[[nodiscard]] Json bertConfigToJson(const BertConfig& config, const std::string& torch_dtype);

/// The architecture of a model that starts from random weights.
struct ArchitectureSettings {
  std::int64_t layers = 2;
  std::int64_t hidden_size = 64;
  std::int64_t heads = 2;
  std::int64_t intermediate_size = 256;
  std::int64_t max_positions = 128;
  double initializer_range = 0.02;

  bool operator==(const ArchitectureSettings&) const = default;
};

/// Where the weights come from, and what of config.json is overridden.
struct ModelSettings {
  std::string init;                 ///< phases finetune and pretrain: a model folder, or "random"
  std::string tokenizer;            ///< phase pretrain from "random" on text: a folder
  std::string teacher;              ///< phase kd_qat: a model folder
  std::string student = "teacher";  ///< phase kd_qat: a model folder, or "teacher"
  std::optional<double> hidden_dropout;     ///< empty: config.json's
  std::optional<double> attention_dropout;  ///< empty: config.json's

  bool operator==(const ModelSettings&) const = default;
};

/// model.init, model.tokenizer, model.teacher, model.student, model.hidden_dropout,
/// model.attention_dropout.
[[nodiscard]] const SettingGroup<ModelSettings>& modelSettings();

/// model.architecture.*; they apply when model.init is "random".
[[nodiscard]] const SettingGroup<ArchitectureSettings>& architectureSettings();

/// The configuration of a model with random weights. Throws TrainError (bad spec) when the heads do
/// not divide the width.
[[nodiscard]] BertConfig bertConfigFromArchitecture(const ArchitectureSettings& architecture,
                                                    std::int64_t vocab_size,
                                                    std::int64_t num_labels);

/// `config` with the dropout probabilities of `settings`, where given.
[[nodiscard]] BertConfig withDropout(BertConfig config, const ModelSettings& settings);

}  // namespace retort::train
