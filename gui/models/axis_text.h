#pragma once

#include "core/settings/catalogue.h"
#include "experiments/yaml_tree.h"

#include <QString>

#include <string>

namespace retort::gui {

/// The values of an axis as people type them.
struct AxisText {
  enum class Kind {
    kList,      ///< one value a line
    kRange,     ///< "first, last, step"
    kLogRange,  ///< "first, last, count"
    kNamed,     ///< "label: value" or "label: {setting: value}" a line (YAML)
  };

  Kind kind = Kind::kList;
  QString text;
};

[[nodiscard]] AxisText axisText(const experiments::YamlNode& values);

struct AxisReading {
  experiments::YamlNode values;
  std::size_t count = 0;
};

/// Reads the values of the axis `key` and checks them; `spec` is the setting of that key, null for
/// a group of settings. The error is one sentence.
[[nodiscard]] Result<AxisReading, QString> readAxisText(const AxisText& axis,
                                                        const std::string& key,
                                                        const SettingSpec* spec);

/// A map of one or more lines of YAML ("label: value").
[[nodiscard]] Result<experiments::YamlNode, QString> parseYamlLines(const QString& text);

/// The value of one line of YAML ("1e-3", "[o, v]", "{a: 1}"), with its spelling.
[[nodiscard]] Result<experiments::YamlNode, QString> parseYamlText(const QString& text);

}  // namespace retort::gui
