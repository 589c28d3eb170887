#include "gui/models/run_text.h"

#include "core/settings/resolve.h"
#include "experiments/catalogue_scope.h"
#include "experiments/settings_reader.h"
#include "experiments/yaml_layout.h"
#include "gui/models/axis_text.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>

namespace retort::gui {

namespace {

using experiments::YamlEntry;
using experiments::YamlNode;

QString tr(const char* text) {
  return QCoreApplication::translate("RunText", text);
}

QString qt(const std::string& text) {
  return QString::fromStdString(text);
}

bool isReference(const Json& value) {
  return value.is_string() && value.get_ref<const std::string&>().starts_with("${");
}

/// What is wrong with one setting; empty: nothing.
QString problemOf(const experiments::CatalogueScope& scope,
                  const std::string& key,
                  const Json& value) {
  const SettingSpec* spec = scope.find(scope.canonicalKey(key));
  if (spec == nullptr) {
    return tr("there is no setting %1").arg(qt(key));
  }
  if (isReference(value)) {
    return {};
  }
  const auto checked = checkSettingValue(*spec, value);
  return checked ? QString() : qt(checked.error().message);
}

}  // namespace

QString runText(const YamlNode& settings) {
  return settings.entries.empty() ? QString() : qt(experiments::blockText(settings, 0));
}

Result<YamlNode, QString> readRunText(const QString& text,
                                      const Catalogue* catalogue,
                                      const std::vector<std::string>& axes) {
  auto settings = parseYamlLines(text);
  if (!settings) {
    return settings;
  }
  experiments::DiagnosticSink sink("", "");
  const experiments::GivenSettings given = experiments::readSettings(*settings, "", sink);
  if (const auto diagnostics = sink.take(); !diagnostics.empty()) {
    return failWith(qt(diagnostics.front().message));
  }
  if (given.empty()) {
    return failWith(tr("write a setting, a colon and its value in each line"));
  }
  if (catalogue == nullptr) {
    return settings;
  }
  const experiments::CatalogueScope scope(*catalogue);
  for (const auto& [key, setting] : given) {
    const bool is_of_axis = std::any_of(axes.begin(), axes.end(), [&](const std::string& axis) {
      return key == axis || key.starts_with(axis + ".");
    });
    const QString problem = is_of_axis ? QString() : problemOf(scope, key, setting.value);
    if (!problem.isEmpty()) {
      return failWith(problem);
    }
  }
  return settings;
}

QString alarmText(const YamlNode& alarm) {
  const auto part = [&](const char* key) {
    const YamlNode* node = alarm.find(key);
    return node == nullptr ? QString() : qt(node->isText() ? node->spelling : flowText(*node));
  };
  if (!alarm.isMap() || part("metric").isEmpty()) {
    return qt(experiments::flowText(alarm));
  }
  QStringList limits;
  if (!part("above").isEmpty()) {
    limits.append(tr("above %1").arg(part("above")));
  }
  if (!part("below").isEmpty()) {
    limits.append(tr("below %1").arg(part("below")));
  }
  QString text = part("metric") + u' ' + limits.join(tr(" or "));
  if (const QString points = part("for"); !points.isEmpty() && points != QLatin1String("1")) {
    text += tr(", %1 points in a row").arg(points);
  }
  return text + QStringLiteral(": ") + (part("do").isEmpty() ? QStringLiteral("warn") : part("do"));
}

}  // namespace retort::gui
