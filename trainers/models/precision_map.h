#pragma once

#include "core/base/json.h"
#include "core/settings/resolve.h"
#include "trainers/models/parameter_selector.h"
#include "trainers/models/parameter_shape.h"
#include "trainers/quantizers/weight_precision.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace retort::train {

struct PrecisionMapSettings {
  std::vector<std::string> rules;
};

/// quant.map, with the papers' maps as presets.
[[nodiscard]] const SettingGroup<PrecisionMapSettings>& precisionMapSettings();

/// Documentation of the papers' maps, for the catalogue.
[[nodiscard]] std::vector<TechniqueSpec> precisionMapSpecs();

/// Bytes of a model as integer hardware would store it.
struct StoredSize {
  double full_precision = 0;  ///< every element in 4 bytes
  double quantized = 0;       ///< elements in their bits, and 4 bytes for each scale or offset
};

/// Which weight is quantized how. Linear layers and the pooler have the precision of quant.weight,
/// an encoder's word embedding that of quant.embedding, a language model's head that of quant.head;
/// classifier, position and token-type embeddings and a language model's table of tokens stay in
/// full precision. A tied head has its own precision by its own name. Rules then change some
/// weights, one after the other: "SELECTOR = WORDS", with a selector of models/parameter_selector.h
/// and as words a scheme ("fp" for none) or settings of quant.weight:
///   "encoder.layer.[0-3].attention = int4"
///   "embeddings.word = scheme=clip_uniform bits=3 granularity=group group_size=32"
/// What a rule does not name stays as it was. Biases and LayerNorms are never quantized. A
/// default-constructed map quantizes nothing.
class PrecisionMap {
 public:
  PrecisionMap() = default;

  /// From quant.weight.*, quant.embedding.*, quant.head.*, quant.map and quant.clip. Throws
  /// TrainError (bad spec) for rules that cannot be read.
  explicit PrecisionMap(const SettingValues& settings);

  /// The precision of a parameter by its Hugging Face name.
  [[nodiscard]] WeightPrecision precision(std::string_view name) const;

  /// The quantizer that this stands for. Throws TrainError (bad spec) that names the parameter when
  /// there is no grid of that many bits.
  [[nodiscard]] Quantizer quantizer(std::string_view name) const;

  /// Throws TrainError (bad spec) when a rule changes no weight of the model, or when a weight
  /// cannot be quantized as it should (bits, groups that do not fit its rows).
  void check(const std::vector<ParameterShape>& parameters) const;

  /// What the model takes when it is stored, in bytes.
  [[nodiscard]] StoredSize storedSize(const std::vector<ParameterShape>& parameters) const;

  /// {"encoder weights": …}: for each precision, in words, the number of weights that have it.
  [[nodiscard]] Json summary(const std::vector<ParameterShape>& parameters) const;

 private:
  /// What the settings say without rules.
  [[nodiscard]] WeightPrecision basePrecision(std::string_view name) const;

  struct Rule {
    std::string text;
    ParameterSelector selects;
    SettingValues changes;  // of quant.weight.*
  };

  static Rule parseRule(const std::string& text);

  WeightPrecision linear_ = {.scheme = "none"};
  WeightPrecision embedding_ = {.scheme = "none"};
  WeightPrecision head_ = {.scheme = "none"};
  double clip_ = 0;
  std::vector<Rule> rules_;
};

}  // namespace retort::train
