#include "gui/models/comparison_table_model.h"

#include "core/base/file.h"
#include "core/base/text.h"

#include <QFont>

#include <algorithm>
#include <limits>
#include <map>

namespace retort::gui {
namespace {

constexpr std::size_t kMaxToolTipRuns = 12;

/// With control characters visible.
QString shown(const std::string& text) {
  return QString::fromStdString(escapeForTerminal(text));
}

/// Tool tips take text that looks like markup for markup.
QString plainToolTip(const QStringList& lines) {
  return lines.isEmpty() ? QString()
                         : QStringLiteral("<p style='white-space:pre'>%1</p>")
                               .arg(lines.join(QLatin1Char('\n')).toHtmlEscaped());
}

bool hasSameShape(const TableLayout& a, const TableLayout& b) {
  const auto same_column = [](const LayoutColumn& x, const LayoutColumn& y) {
    return x.group == y.group && x.title == y.title && x.kind == y.kind && x.cell == y.cell;
  };
  return a.rows.size() == b.rows.size() &&
         std::equal(
             a.columns.begin(), a.columns.end(), b.columns.begin(), b.columns.end(), same_column);
}

/// "failed", or "2 failed, 1 running" for several runs.
QString absenceText(const ComparisonCell& cell) {
  std::map<std::string, int> counts;
  for (const AbsentRun& run : cell.absent) {
    ++counts[run.reason];
  }
  QStringList parts;
  for (const auto& [reason, count] : counts) {
    parts.append(cell.absent.size() == 1 ? shown(reason)
                                         : QStringLiteral("%1 %2").arg(count).arg(shown(reason)));
  }
  return parts.join(QStringLiteral(", "));
}

QStringList valueLines(const ComparisonCell& cell) {
  QStringList lines;
  for (const CellValue& value : cell.values) {
    const QString number = QString::fromStdString(formatDouble(value.value));
    lines.append(value.seed ? ComparisonTableModel::tr("seed %1: %2").arg(*value.seed).arg(number)
                            : number);
  }
  for (const AbsentRun& run : cell.absent) {
    lines.append(QStringLiteral("%1: %2").arg(shown(run.name), shown(run.reason)));
  }
  const auto limit = static_cast<qsizetype>(kMaxToolTipRuns);
  if (lines.size() > limit) {
    const qsizetype more = lines.size() - limit;
    lines = lines.mid(0, limit);
    lines.append(ComparisonTableModel::tr("and %1 more").arg(more));
  }
  return lines;
}

}  // namespace

void ComparisonTableModel::setTable(ComparisonTable table) {
  if (table == table_) {
    return;
  }
  TableLayout layout = layoutTable(table);
  const bool is_same_shape = hasSameShape(layout, layout_) && !layout.rows.empty();
  if (!is_same_shape) {
    beginResetModel();
  }
  table_ = std::move(table);
  layout_ = std::move(layout);
  if (!is_same_shape) {
    endResetModel();
    return;
  }
  Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

int ComparisonTableModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(layout_.rows.size());
}

int ComparisonTableModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(layout_.columns.size());
}

QVariant ComparisonTableModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
    return {};
  }
  const LayoutColumn& column = layout_.columns[static_cast<std::size_t>(index.column())];
  switch (role) {
    case Qt::DisplayRole:
      return textAt(index.row(), index.column());
    case Qt::ToolTipRole:
      return toolTipAt(index.row(), index.column());
    case Qt::TextAlignmentRole:
      return QVariant::fromValue(
          Qt::Alignment(Qt::AlignVCenter | (column.is_number ? Qt::AlignRight : Qt::AlignLeft)));
    case Qt::FontRole:
      if (markAt(index.row(), index.column()) == Mark::kBest) {
        QFont bold;
        bold.setBold(true);
        return bold;
      }
      return {};
    case kSortRole:
      return sortKeyAt(index.row(), index.column());
    case kMarkRole:
      return static_cast<int>(markAt(index.row(), index.column()));
    default:
      return {};
  }
}

QVariant ComparisonTableModel::headerData(int section,
                                          Qt::Orientation orientation,
                                          int role) const {
  if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) {
    return {};
  }
  const LayoutColumn& column = layout_.columns[static_cast<std::size_t>(section)];
  const bool has_groups = table_.columns.size() > 1;
  if (role == Qt::DisplayRole) {
    // The name of a group stands once, above its means.
    const bool is_named = column.kind == LayoutKind::kValue;
    const QString group = is_named ? shown(column.group) : QString();
    return has_groups ? group + QLatin1Char('\n') + shown(column.title) : shown(column.title);
  }
  if (role == Qt::ToolTipRole) {
    return plainToolTip(
        {shown(column.group.empty() ? column.title : column.group + ": " + column.title)});
  }
  if (role == Qt::TextAlignmentRole) {
    return QVariant::fromValue(
        Qt::Alignment(Qt::AlignBottom | (column.is_number ? Qt::AlignRight : Qt::AlignLeft)));
  }
  return {};
}

/// Null for labels.
const ComparisonCell* ComparisonTableModel::cellAt(int row, int column) const {
  const LayoutColumn& layout = layout_.columns[static_cast<std::size_t>(column)];
  return layout.kind == LayoutKind::kLabel
             ? nullptr
             : &table_.rows[static_cast<std::size_t>(row)].cells[layout.cell];
}

QString ComparisonTableModel::textAt(int row, int column) const {
  const ComparisonCell* cell = cellAt(row, column);
  if (cell != nullptr && cell->expected == 0) {
    return {};
  }
  const LayoutColumn& layout = layout_.columns[static_cast<std::size_t>(column)];
  if (layout.kind == LayoutKind::kValue && cell->values.empty()) {
    return absenceText(*cell);
  }
  return shown(layout_.rows[static_cast<std::size_t>(row)][static_cast<std::size_t>(column)].text);
}

QString ComparisonTableModel::toolTipAt(int row, int column) const {
  const ComparisonCell* cell = cellAt(row, column);
  if (cell == nullptr) {
    return plainToolTip({textAt(row, column)});
  }
  return plainToolTip(cell->expected == 0 ? QStringList(tr("not part of the grid"))
                                          : valueLines(*cell));
}

QVariant ComparisonTableModel::sortKeyAt(int row, int column) const {
  const ComparisonCell* cell = cellAt(row, column);
  const double last = std::numeric_limits<double>::infinity();
  if (cell == nullptr) {
    return row;  // the order of the grid, not of the alphabet
  }
  switch (layout_.columns[static_cast<std::size_t>(column)].kind) {
    case LayoutKind::kCount:
      return static_cast<qulonglong>(cell->values.size());
    case LayoutKind::kDifference:
      return cell->difference ? cell->difference->mean : last;
    case LayoutKind::kProbability:
      return cell->difference ? cell->difference->p.value_or(last) : last;
    default:
      return cell->summary.mean.value_or(last);
  }
}

ComparisonTableModel::Mark ComparisonTableModel::markAt(int row, int column) const {
  const ComparisonCell* cell = cellAt(row, column);
  if (cell == nullptr) {
    return Mark::kNone;
  }
  if (cell->expected == 0) {
    return Mark::kOutside;
  }
  const LayoutKind kind = layout_.columns[static_cast<std::size_t>(column)].kind;
  if (kind == LayoutKind::kDifference && cell->is_baseline) {
    return Mark::kBaseline;
  }
  if (!cell->absent.empty() && (kind == LayoutKind::kCount || kind == LayoutKind::kValue)) {
    return Mark::kIncomplete;
  }
  return kind == LayoutKind::kValue && cell->is_best ? Mark::kBest : Mark::kNone;
}

}  // namespace retort::gui
