#pragma once

#include "experiments/yaml_edit.h"

#include <string>
#include <vector>

/// Changes of `needs:`, the runs that others need as inputs, as a form makes them.
namespace retort::experiments {

/// Adds a needed run without settings. Refused when there is one of this name, or when it is not a
/// lower-case word.
Status addNeed(YamlEditor& editor, const std::string& name);

/// Gives a needed run another name, wherever the text refers to it.
Status renameNeed(YamlEditor& editor, const std::string& name, const std::string& new_name);

/// Removes a needed run. Refused while the text refers to it.
Status removeNeed(YamlEditor& editor, const std::string& name);

/// The values that refer to a needed run ("${needs.NAME}").
[[nodiscard]] std::vector<YamlPath> referencesTo(const YamlNode& root, const std::string& name);

}  // namespace retort::experiments
