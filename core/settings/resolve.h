#pragma once

#include "core/settings/catalogue.h"

#include <map>
#include <string>
#include <vector>

namespace retort {

/// Resolved or given settings by dotted key.
using SettingValues = std::map<std::string, Json>;

struct SettingError {
  std::string key;      ///< the key as given, for finding its place in the file
  std::string message;  ///< a sentence that names the key, the value and what is allowed

  bool operator==(const SettingError&) const = default;
};

/// Settings that were given but do not apply (their `when` does not hold); they are left out of the
/// result.
struct ResolvedSettings {
  SettingValues
      values;  ///< every setting that applies and has a value, defaults filled in, canonical types
  std::vector<std::string> not_applicable;

  bool operator==(const ResolvedSettings&) const = default;
};

/// Checks one given value against its declaration and returns its canonical form (integers for
/// kInteger, reals for kReal, lists for kStringList with presets expanded).
[[nodiscard]] Result<Json, SettingError> checkSettingValue(const SettingSpec& spec,
                                                           const Json& value);

/// Resolves dotted keys against the catalogue: shorthands, types, ranges, choices, presets,
/// conditions, defaults, required settings. Collects all errors; unknown keys get a suggestion
/// ("did you mean …?").
[[nodiscard]] Result<ResolvedSettings, std::vector<SettingError>> resolveSettings(
    const Catalogue& catalogue, const SettingValues& given);

/// "a.b.c" trees and back: {"train.epochs": 3} <-> {"train": {"epochs": 3}}.
[[nodiscard]] Json nestSettings(const SettingValues& values);
[[nodiscard]] SettingValues flattenSettings(const Json& tree);

}  // namespace retort
