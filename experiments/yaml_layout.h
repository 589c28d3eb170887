#pragma once

#include "experiments/yaml_tree.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// How a value is written into a text that people edit as well.
namespace retort::experiments {

/// A tree of a JSON value; the keys of maps stand in the order of the alphabet.
[[nodiscard]] YamlNode yamlNode(const Json& value);

/// A map with its entries in this order.
[[nodiscard]] YamlNode yamlMap(std::vector<std::pair<std::string, YamlNode>> entries);

[[nodiscard]] YamlNode yamlList(std::vector<YamlNode> items);

/// On one line, with brackets. A scalar is spelled as `spelling` says, if that is not empty.
[[nodiscard]] std::string flowText(const YamlNode& node);

/// "KEY: VALUE" without a line end behind it: on one line where that is readable (a map of scalars
/// of at most 100 columns), else over several lines, indented by `indent` from the first on.
[[nodiscard]] std::string entryText(std::string_view key, const YamlNode& node, std::size_t indent);

/// True when `entryText` leaves the value on one line behind so many columns.
[[nodiscard]] bool isOneLine(const YamlNode& node, std::size_t columns);

/// The entries or items of a map or list as lines of their own, without a line end behind them.
[[nodiscard]] std::string blockText(const YamlNode& node, std::size_t indent);

/// Equal values in the same order, of the same types; places and spellings do not count.
[[nodiscard]] bool isSameTree(const YamlNode& a, const YamlNode& b);

}  // namespace retort::experiments
