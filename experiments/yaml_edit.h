#pragma once

#include "core/base/result.h"
#include "experiments/yaml_path.h"
#include "experiments/yaml_source.h"
#include "experiments/yaml_tree.h"

#include <cstddef>
#include <string>

namespace retort::experiments {

/// Changes single values of a YAML text where they stand. Everything else stays as it is, byte by
/// byte: comments, order, blank lines, quotes, line ends.
///
/// After each change the text is read again; a change that would have made anything else of it than
/// what was asked for is refused (kInvalidConfig, one sentence), and the text is as before. That is
/// so within aliases, for anchors that others refer to, and for texts that cannot be read at all.
class YamlEditor {
 public:
  /// `text` as in the file; at most what parseYaml accepts.
  explicit YamlEditor(std::string text);

  [[nodiscard]] const std::string& text() const { return text_; }

  [[nodiscard]] const YamlNode& root() const { return root_; }

  /// Gives the value at `path`; missing maps on the way are made. Of a map or a list that is there
  /// already only the entries that differ are touched.
  Status set(const YamlPath& path, const YamlNode& value);

  /// Removes an entry or an item with its lines, and what becomes empty by that. Nothing happens
  /// when it is not there.
  Status remove(const YamlPath& path);

  /// Gives an entry another key.
  Status rename(const YamlPath& path, const std::string& key);

  /// Moves an entry or item to a place among its siblings, with the comments above it.
  Status move(const YamlPath& path, std::size_t to);

  /// Adds an item to a list, which is made when it is missing.
  Status append(const YamlPath& list, const YamlNode& item);

  /// The same for one setting of a map of settings: `key` is dotted, and the map (at `section`)
  /// spells it nested, dotted or mixed. A new one goes into the innermost map that fits.
  Status setSetting(const YamlPath& section, const std::string& key, const YamlNode& value);
  Status removeSetting(const YamlPath& section, const std::string& key);

 private:
  struct Spot;

  void read();
  [[nodiscard]] Result<Spot> find(const YamlPath& path) const;
  Status change(const YamlPath& path, const YamlNode& value);
  Status merge(const YamlPath& path, const YamlNode& value);
  Status replace(const YamlPath& path, const YamlNode& value, bool has_lines = false);
  Status add(const YamlPath& map, const std::string& key, const YamlNode& value, bool has_lines);
  Status accept(std::string text, const YamlNode& expected);

  std::string text_;
  YamlNode root_;
  SourceNode source_;
  std::string refusal_;       ///< why nothing can be changed; empty when something can
  std::size_t problems_ = 0;  ///< what the parser found wrong in the text
};

}  // namespace retort::experiments
