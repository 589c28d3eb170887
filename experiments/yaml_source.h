#pragma once

#include "experiments/yaml_tree.h"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace retort::experiments {

struct SourceEntry;
struct SourceItem;

/// Where a value of a YAML tree stands in the text that it was read from, in bytes.
struct SourceNode {
  enum class Style {
    kNothing,  ///< a key or dash with nothing behind it: begin == end, right behind ':' or '-'
    kScalar,
    kFlow,   ///< [a, b] or {a: b}
    kBlock,  ///< entries or items on lines of their own
    kAlias,  ///< *name: what it stands for is written elsewhere
  };

  Style style = Style::kNothing;
  std::size_t begin = 0;             ///< behind an anchor, with quotes or brackets
  std::size_t end = 0;               ///< behind the last byte; a comment is not part of it
  std::vector<SourceEntry> entries;  ///< as in the tree's map; empty for an alias
  std::vector<SourceItem> items;     ///< as in the tree's list; empty for an alias
};

struct SourceEntry {
  std::size_t key_begin = 0;
  std::size_t key_end = 0;     ///< with quotes, without the ':'
  std::size_t value_from = 0;  ///< behind the ':'; the key's end where there is none
  SourceNode value;
};

struct SourceItem {
  std::size_t begin = 0;  ///< of the dash; of the value in brackets
  SourceNode value;
};

/// Finds the values of `root`, which parseYaml made of this text ("\r\n" and a byte order mark may
/// still be in it). Nothing when the text uses a form that is not followed here (complex keys,
/// directives, pairs in a list without braces) or does not fit the tree.
[[nodiscard]] std::optional<SourceNode> locateNodes(std::string_view text, const YamlNode& root);

}  // namespace retort::experiments
