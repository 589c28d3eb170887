#pragma once

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/settings/combination.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

/// The catalogue: everything that a trainer can be told and everything that it can report. The
/// trainer declares each setting, technique and metric once, beside the code that uses it, and
/// prints the catalogue with `--catalog`; the command line and the GUI learn all of them from
/// there.
namespace retort {

enum class SettingType {
  kBool,
  kInteger,
  kReal,  ///< finite; an integer in the file is accepted and becomes a real
  kString,
  kChoice,      ///< one of `choices`
  kStringList,  ///< a single string is accepted and becomes a list of one
  kPath,  ///< an input: file or folder whose contents belong to the run's identity, or "run:ID/…",
          ///< or a keyword of `choices`
};

/// True when the setting `key` has one of `any_of` (if given) and none of `none_of`.
struct SettingCondition {
  std::string key;
  std::vector<Json> any_of;
  std::vector<Json> none_of;

  bool operator==(const SettingCondition&) const = default;
};

/// The declaration of one setting.
struct SettingSpec {
  std::string key;  ///< dotted: "train.learning_rate"
  SettingType type = SettingType::kString;
  Json default_value;  ///< null: no default; then `is_required` says whether it must be given
  bool is_required = false;
  std::string documentation;  ///< one line
  std::string unit;           ///< "steps", "tokens", "" for none
  std::optional<double> minimum;
  std::optional<double> maximum;
  bool is_minimum_exclusive = false;
  std::vector<std::string> choices;  ///< kChoice: all values; kPath: keywords allowed beside paths
  std::map<std::string, Json>
      presets;  ///< kStringList: names for lists ("ov" -> ["o", "v"]); kChoice: see preset.h
  std::vector<SettingCondition>
      when;                   ///< the setting applies when all of these hold; else it has no value
  bool is_shorthand = false;  ///< a scalar given for the parent key sets this setting
  bool affects_result =
      true;  ///< false: not part of the run's identity (threads, device, checkpoint interval)
  bool is_seed = false;  ///< the replication seed that `seeds:` of an experiment sets; at most one

  bool operator==(const SettingSpec&) const = default;
};

/// The declaration of one metric. Points carry the dimensions listed here and no others.
struct MetricSpec {
  std::string name;                     ///< dotted: "eval.accuracy", "grad_norm"
  std::vector<std::string> dimensions;  ///< of "layer", "head", "projection", "component"
  std::string unit;
  std::string better;  ///< "max", "min" or "" when neither is better
  std::string documentation;
  std::string formula;  ///< plain text or LaTeX without dollar signs; empty when the name says all
  std::string source;   ///< paper and equation, or code
  bool is_deterministic = true;              ///< false for times, rates and memory
  Combination combine = Combination::kMean;  ///< of several layers, projections or heads

  bool operator==(const MetricSpec&) const = default;
};

/// A quantizer, distillation loss, optimizer, probe, task …: documentation for people and for
/// forms.
struct TechniqueSpec {
  std::string kind;  ///< "weight_quantizer", "distillation_loss", "optimizer", "probe", "task",
                     ///< "freeze_rule", …
  std::string name;
  std::string documentation;
  std::string formula;
  std::string source;
  std::vector<std::string> settings;  ///< keys that configure it

  bool operator==(const TechniqueSpec&) const = default;
};

struct Catalogue {
  static constexpr int kVersion = 1;

  std::string trainer;  ///< program name, e.g. "retort-train"
  std::string release;  ///< its version; a change that changes numbers changes it
  std::vector<SettingSpec> settings;
  std::vector<MetricSpec> metrics;
  std::vector<TechniqueSpec> techniques;

  [[nodiscard]] const SettingSpec* findSetting(std::string_view key) const;
  [[nodiscard]] const MetricSpec* findMetric(std::string_view name) const;
  [[nodiscard]] const SettingSpec* seedSetting() const;

  bool operator==(const Catalogue&) const = default;
};

[[nodiscard]] Json toJson(const Catalogue& catalogue);

/// Reads what `--catalog` printed. kProtocol when the version differs or a field is missing or
/// malformed, a key is declared twice, or a condition or technique names an unknown setting.
[[nodiscard]] Result<Catalogue> catalogueFromJson(const Json& json);

/// The word for a type as users see it ("integer", "real", "choice").
[[nodiscard]] std::string settingTypeName(SettingType type);

}  // namespace retort
