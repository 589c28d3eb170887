#include "gui/models/setting_text.h"

#include "core/base/text.h"
#include "core/run/format.h"
#include "core/settings/resolve.h"
#include "experiments/yaml_layout.h"
#include "experiments/yaml_scalar.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>

namespace retort::gui {

namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("SettingText", text);
}

QString shown(const Json& value) {
  return QString::fromStdString(formatSetting(value));
}

experiments::YamlNode listNode(const SettingSpec& spec, const QString& text) {
  if (spec.presets.contains(text.toStdString())) {
    return experiments::yamlNode(text.toStdString());
  }
  Json items = Json::array();
  for (const QString& item : text.split(u',', Qt::SkipEmptyParts)) {
    items.push_back(item.trimmed().toStdString());
  }
  return experiments::yamlNode(items);
}

Result<experiments::YamlNode, QString> typedNode(const SettingSpec& spec, const QString& text) {
  const std::string plain = text.toStdString();
  if (spec.type == SettingType::kStringList) {
    return listNode(spec, text);
  }
  const bool is_plain = spec.type == SettingType::kBool || spec.type == SettingType::kInteger ||
                        spec.type == SettingType::kReal;
  if (!is_plain) {
    return experiments::yamlNode(plain);
  }
  auto typed = experiments::typePlainScalar(plain);
  if (!typed) {
    return failWith(QString::fromStdString(typed.error()));
  }
  experiments::YamlNode node = experiments::yamlNode(*typed);
  node.spelling = plain;
  return node;
}

bool isNumberBeginning(const QString& text, bool is_integer) {
  const QString allowed =
      is_integer ? QStringLiteral("0123456789-+") : QStringLiteral("0123456789-+.eE");
  return std::all_of(text.begin(), text.end(), [&](QChar c) { return allowed.contains(c); });
}

}  // namespace

QString settingText(const SettingSpec& spec, const Json& value) {
  if (value.is_null()) {
    return {};
  }
  if (!value.is_array()) {
    return shown(value);
  }
  for (const auto& [name, list] : spec.presets) {
    if (list == value) {
      return QString::fromStdString(name);
    }
  }
  QStringList items;
  for (const Json& item : value) {
    items.append(shown(item));
  }
  return items.join(QStringLiteral(", "));
}

Result<experiments::YamlNode, QString> parseSettingText(const SettingSpec& spec,
                                                        const QString& text) {
  const QString trimmed = text.trimmed();
  if (trimmed.startsWith(QStringLiteral("${")) && trimmed.endsWith(u'}')) {
    return experiments::yamlNode(trimmed.toStdString());
  }
  auto node = typedNode(spec, spec.type == SettingType::kString ? text : trimmed);
  if (!node) {
    return node;
  }
  const auto checked = checkSettingValue(spec, experiments::toJson(*node));
  if (!checked) {
    return failWith(QString::fromStdString(checked.error().message));
  }
  return node;
}

bool isSettingBeginning(const SettingSpec& spec, const QString& text) {
  const bool is_integer = spec.type == SettingType::kInteger;
  if ((!is_integer && spec.type != SettingType::kReal) || text.startsWith(u'$')) {
    return true;
  }
  if (!isNumberBeginning(text, is_integer)) {
    return false;
  }
  const auto value = parseInteger(text.toStdString());
  return !is_integer || !value || !spec.maximum || static_cast<double>(*value) <= *spec.maximum;
}

QString settingSummary(const SettingSpec& spec) {
  QStringList parts(QString::fromStdString(settingTypeName(spec.type)));
  const auto number = [](double value) {
    return QString::fromStdString(formatDouble(value));
  };
  if (spec.minimum && spec.maximum) {
    parts.append((spec.is_minimum_exclusive ? tr("above %1, at most %2") : tr("%1 to %2"))
                     .arg(number(*spec.minimum), number(*spec.maximum)));
  } else if (spec.minimum) {
    parts.append((spec.is_minimum_exclusive ? tr("above %1") : tr("at least %1"))
                     .arg(number(*spec.minimum)));
  } else if (spec.maximum) {
    parts.append(tr("at most %1").arg(number(*spec.maximum)));
  }
  if (spec.is_required) {
    parts.append(tr("required"));
  } else if (!spec.default_value.is_null()) {
    const QString value = settingText(spec, spec.default_value);
    parts.append(value.isEmpty() ? tr("default: empty") : tr("default: %1").arg(value));
  }
  return parts.join(QStringLiteral(", "));
}

QString settingCondition(const SettingSpec& spec) {
  QStringList parts;
  for (const SettingCondition& condition : spec.when) {
    const bool is_positive = !condition.any_of.empty();
    QStringList values;
    for (const Json& value : is_positive ? condition.any_of : condition.none_of) {
      values.append(shown(value));
    }
    parts.append((is_positive ? tr("%1 is %2") : tr("%1 is not %2"))
                     .arg(QString::fromStdString(condition.key), values.join(tr(" or "))));
  }
  return parts.join(tr(" and "));
}

}  // namespace retort::gui
