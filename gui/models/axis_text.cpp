#include "gui/models/axis_text.h"

#include "core/settings/resolve.h"
#include "experiments/axis_reader.h"
#include "experiments/yaml_guard.h"
#include "experiments/yaml_layout.h"
#include "experiments/yaml_reader.h"
#include "gui/models/setting_text.h"

#include <QCoreApplication>
#include <QStringList>

namespace retort::gui {

namespace {

using experiments::YamlNode;
using Kind = AxisText::Kind;

QString tr(const char* text) {
  return QCoreApplication::translate("AxisText", text);
}

QString qt(const std::string& text) {
  return QString::fromStdString(text);
}

Result<YamlNode, QString> parseTree(const std::string& text) {
  const auto normal = experiments::normalizeText(text, "");
  if (!normal) {
    return failWith(qt(normal.error().message));
  }
  experiments::DiagnosticSink sink("", *normal);
  YamlNode tree = experiments::parseYaml(*normal, sink);
  const auto diagnostics = sink.take();
  if (!diagnostics.empty()) {
    return failWith(qt(diagnostics[0].message));
  }
  return tree;
}

Result<YamlNode, QString> readList(const QString& text, const SettingSpec* spec) {
  YamlNode list = experiments::yamlList({});
  for (const QString& line : text.split(u'\n', Qt::SkipEmptyParts)) {
    const QString trimmed = line.trimmed();
    if (trimmed.isEmpty()) {
      continue;
    }
    const bool is_yaml = spec == nullptr || trimmed.startsWith(u'[') || trimmed.startsWith(u'"');
    auto value = is_yaml ? parseYamlText(trimmed) : parseSettingText(*spec, trimmed);
    if (!value) {
      return value;
    }
    list.items.push_back(std::move(*value));
  }
  return list;
}

Result<YamlNode, QString> readNumbers(const QString& text, const char* kind) {
  auto numbers = parseYamlText(u'[' + text.simplified() + u']');
  if (!numbers) {
    return numbers;
  }
  return experiments::yamlMap({{kind, std::move(*numbers)}});
}

Result<YamlNode, QString> readValues(const AxisText& axis, const SettingSpec* spec) {
  switch (axis.kind) {
    case Kind::kList:
      return readList(axis.text, spec);
    case Kind::kRange:
      return readNumbers(axis.text, "range");
    case Kind::kLogRange:
      return readNumbers(axis.text, "log_range");
    case Kind::kNamed:
      break;
  }
  return parseYamlLines(axis.text);
}

}  // namespace

AxisText axisText(const YamlNode& values) {
  AxisText axis;
  QStringList lines;
  const bool is_single = values.entries.size() == 1;
  const bool is_range = is_single && values.entries[0].key == "range";
  const bool is_log_range = is_single && values.entries[0].key == "log_range";
  if (is_range || is_log_range) {
    axis.kind = is_range ? Kind::kRange : Kind::kLogRange;
    const QString numbers = qt(experiments::flowText(values.entries[0].value));
    axis.text = numbers.mid(1, numbers.size() - 2);
  } else if (values.isMap()) {
    axis.kind = Kind::kNamed;
    axis.text = qt(experiments::blockText(values, 0));
  } else {
    for (const YamlNode& item : values.items) {
      lines.append(item.isText() ? qt(item.spelling) : qt(experiments::flowText(item)));
    }
    axis.text = lines.join(u'\n');
  }
  return axis;
}

Result<YamlNode, QString> parseYamlLines(const QString& text) {
  auto lines = parseTree(text.toStdString());
  if (lines && !lines->isMap()) {
    return failWith(tr("write a name, a colon and what it stands for in each line"));
  }
  return lines;
}

Result<YamlNode, QString> parseYamlText(const QString& text) {
  auto tree = parseTree("v: " + text.toStdString());
  if (!tree) {
    return tree;
  }
  if (tree->entries.size() != 1) {
    return failWith(tr("expected one value"));
  }
  YamlNode value = std::move(tree->entries[0].value);
  return value;
}

Result<AxisReading, QString> readAxisText(const AxisText& axis,
                                          const std::string& key,
                                          const SettingSpec* spec) {
  auto values = readValues(axis, spec);
  if (!values) {
    return failWith(values.error());
  }
  experiments::DiagnosticSink sink("", "");
  const experiments::Axis read = experiments::readAxis({key, {}, *values}, sink);
  const auto diagnostics = sink.take();
  if (!diagnostics.empty()) {
    return failWith(qt(diagnostics[0].message));
  }
  for (const experiments::AxisValue& value : read.values) {
    const auto own = value.settings.find(key);
    if (spec == nullptr || own == value.settings.end()) {
      continue;
    }
    if (const auto checked = checkSettingValue(*spec, own->second.value); !checked) {
      return failWith(qt(checked.error().message));
    }
  }
  return AxisReading{std::move(*values), read.values.size()};
}

}  // namespace retort::gui
