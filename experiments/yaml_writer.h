#pragma once

#include "core/base/json.h"

#include <string>
#include <string_view>

namespace retort::experiments {

/// Appends `KEY: VALUE` as block YAML that parseYaml reads back to the same value: maps nested by
/// two blanks, lists of scalars in brackets, texts without quotes only where they stay the same
/// text.
void appendYamlEntry(std::string_view key, const Json& value, std::string& out, int indent = 0);

/// A scalar as it is written in YAML: numbers in canonical form, texts in quotes where they need
/// them.
[[nodiscard]] std::string yamlScalar(const Json& value);

}  // namespace retort::experiments
