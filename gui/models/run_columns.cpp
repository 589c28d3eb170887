#include "gui/models/run_columns.h"

#include "core/run/format.h"

#include <QCoreApplication>

#include <algorithm>
#include <string>

namespace retort::gui {
namespace {

using Column = RunTableModel::Column;
using Kind = RunTableModel::ColumnKind;

// More would make a table that nobody can read, and one that is slow.
constexpr std::size_t kMostFactors = 40;
constexpr std::size_t kMostMetrics = 60;
constexpr std::size_t kMetricsAtFirst = 3;

QString tr(const char* text) {
  return QCoreApplication::translate("RunColumns", text);
}

void add(std::vector<Column>& columns,
         const char* field,
         const QString& title,
         Kind kind,
         bool is_shown = true) {
  columns.push_back({QString::fromLatin1(field), title, kind, is_shown});
}

/// The first `most` of these names.
std::vector<std::string> firstOf(std::vector<std::string> names, std::size_t most) {
  names.resize(std::min(names.size(), most));
  return names;
}

}  // namespace

std::vector<Column> makeRunColumns(const RunFactsBook& book) {
  std::vector<Column> columns;
  add(columns, "name", tr("Name"), Kind::kText);
  add(columns, "state", tr("State"), Kind::kText);
  add(columns, "progress", tr("Progress"), Kind::kPercent);
  add(columns, "left", tr("Time left"), Kind::kDuration);
  const std::vector<std::string> factors = firstOf(book.factors, kMostFactors);
  for (const std::string& factor : factors) {
    const QString name = visibleText(factor);
    columns.push_back({QString::fromStdString(factor), name, Kind::kText, true});
  }
  add(columns, "seed", tr("Seed"), Kind::kInteger);
  std::size_t shown = 0;
  const std::vector<std::string> metrics = firstOf(book.metrics, kMostMetrics);
  for (const std::string& metric : metrics) {
    const QString name = visibleText(metric);
    columns.push_back(
        {QString::fromStdString(metric), name, Kind::kNumber, shown++ < kMetricsAtFirst});
  }
  add(columns, "priority", tr("Priority"), Kind::kInteger);
  add(columns, "tags", tr("Tags"), Kind::kText);
  add(columns, "note", tr("Note"), Kind::kText);
  add(columns, "message", tr("Message"), Kind::kText);
  add(columns, "experiment", tr("Experiment"), Kind::kText, false);
  add(columns, "phase", tr("Phase"), Kind::kText, false);
  add(columns, "step", tr("Step"), Kind::kInteger, false);
  add(columns, "started", tr("Started"), Kind::kTime, false);
  add(columns, "duration", tr("Duration"), Kind::kDuration, false);
  add(columns, "attempts", tr("Attempts"), Kind::kInteger, false);
  add(columns, "run", tr("Run"), Kind::kText, false);
  return columns;
}

QString runCellText(const QVariant& value, Kind kind) {
  if (!value.isValid()) {
    return {};
  }
  const double number = value.toDouble();
  switch (kind) {
    case Kind::kText:
      return value.toString();
    case Kind::kInteger:
      return QString::number(static_cast<qlonglong>(number));
    case Kind::kNumber:
      return QString::fromStdString(formatShort(number));
    case Kind::kPercent:
      return QStringLiteral("%1 %").arg(number, 0, 'f', 0);
    case Kind::kDuration:
      return QString::fromStdString(formatDuration(number));
    case Kind::kTime:
      return QString::fromStdString(formatTime(static_cast<std::int64_t>(number)));
  }
  return {};
}

}  // namespace retort::gui
