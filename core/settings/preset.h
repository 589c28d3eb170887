#pragma once

#include "core/settings/catalogue.h"

#include <map>
#include <string>
#include <vector>

/// Defaults that a choice brings along, as a paper's recipe does: the `presets` of a setting of
/// type kChoice, choice -> list of {"when": {key: [values]}, "unless": {key: [values]}, "settings":
/// {key: default}, "source": text}.
namespace retort {

/// Defaults that replace the declared ones while the choice is made and `when` holds. What is given
/// wins over them; of presets for the same key the last one that holds counts.
struct Preset {
  std::vector<SettingCondition> when;  ///< the choice itself included
  std::map<std::string, Json> settings;
  std::string source;

  bool operator==(const Preset&) const = default;
};

/// The form in which `presets` holds it; the choice's own condition is left out.
[[nodiscard]] Json toJson(const Preset& preset, const std::string& choice_key);

/// All presets of a setting, by the order of its choices and lists; none when it is no choice.
/// kProtocol, saying which field, when one is malformed. Whether keys and values exist is
/// checkCatalogue's to say.
[[nodiscard]] Result<std::vector<Preset>> presetsOf(const SettingSpec& spec);

}  // namespace retort
