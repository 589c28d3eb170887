#pragma once

#include "core/base/json.h"
#include "experiments/diagnostic.h"

#include <string>
#include <string_view>
#include <vector>

namespace retort::experiments {

struct YamlEntry;

/// A YAML document as a tree of values that know their places. Aliases are already copied in.
struct YamlNode {
  enum class Kind { kScalar, kList, kMap };

  Kind kind = Kind::kScalar;
  Place place;
  Json scalar;                     ///< kScalar: null, boolean, integer, finite real or text
  std::string spelling;            ///< kScalar: as it is written in the file
  std::vector<YamlNode> items;     ///< kList
  std::vector<YamlEntry> entries;  ///< kMap, in the order of the file; keys are unique

  [[nodiscard]] bool isScalar() const { return kind == Kind::kScalar; }

  [[nodiscard]] bool isList() const { return kind == Kind::kList; }

  [[nodiscard]] bool isMap() const { return kind == Kind::kMap; }

  [[nodiscard]] bool isNull() const { return isScalar() && scalar.is_null(); }

  [[nodiscard]] bool isText() const { return isScalar() && scalar.is_string(); }

  /// The value of a key of a map; null when there is none.
  [[nodiscard]] const YamlNode* find(std::string_view key) const;
  [[nodiscard]] YamlNode* find(std::string_view key);

  /// "nothing", "a list", "a map", "the text \"x\"", "the number 3": for messages.
  [[nodiscard]] std::string description() const;
};

struct YamlEntry {
  std::string key;
  Place place;  ///< of the key
  YamlNode value;
};

/// The tree without places.
[[nodiscard]] Json toJson(const YamlNode& node);

}  // namespace retort::experiments
