#pragma once

#include "experiments/yaml_tree.h"

#include <string>
#include <vector>

namespace retort::experiments {

/// The keys that lead to a value; items of lists by their number, from "0".
using YamlPath = std::vector<std::string>;

/// The value at a path; null when there is none.
[[nodiscard]] const YamlNode* nodeAt(const YamlNode& root, const YamlPath& path);

/// Where the setting `key` (dotted) stands in the map of settings at `section`, which may spell it
/// nested, dotted or mixed; or where it would be added, the last part of the path then being dotted
/// itself.
[[nodiscard]] YamlPath settingPath(const YamlNode& root,
                                   const YamlPath& section,
                                   const std::string& key);

}  // namespace retort::experiments
