#include "gui/models/comparison_factor_model.h"

#include "core/base/file.h"

#include <algorithm>
#include <utility>

namespace retort::gui {
namespace {

using Column = ComparisonFactorModel::Column;

QString titleOf(Column column) {
  switch (column) {
    case Column::kFactor:
      return ComparisonFactorModel::tr("Factor");
    case Column::kRows:
      return ComparisonFactorModel::tr("Rows");
    case Column::kColumns:
      return ComparisonFactorModel::tr("Columns");
    case Column::kBaseline:
      break;
  }
  return ComparisonFactorModel::tr("Baseline");
}

QString toolTipOf(Column column) {
  switch (column) {
    case Column::kFactor:
      return ComparisonFactorModel::tr("What differs between the runs");
    case Column::kRows:
      return ComparisonFactorModel::tr("One row for each label of the factor");
    case Column::kColumns:
      return ComparisonFactorModel::tr("One group of columns for each label of the factor");
    case Column::kBaseline:
      break;
  }
  return ComparisonFactorModel::tr("The label that differences refer to");
}

/// With control characters visible.
QString shown(const QString& text) {
  return QString::fromStdString(escapeForTerminal(text.toStdString()));
}

QVariant checkState(bool is_checked) {
  return static_cast<int>(is_checked ? Qt::Checked : Qt::Unchecked);
}

}  // namespace

void ComparisonFactorModel::setFactors(std::vector<FactorRow> factors) {
  if (factors == factors_) {
    return;
  }
  const bool has_same_names =
      std::equal(factors.begin(),
                 factors.end(),
                 factors_.begin(),
                 factors_.end(),
                 [](const FactorRow& a, const FactorRow& b) { return a.name == b.name; });
  if (!has_same_names) {
    beginResetModel();
    factors_ = std::move(factors);
    endResetModel();
    return;
  }
  factors_ = std::move(factors);
  Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, kColumnCount - 1));
}

bool ComparisonFactorModel::move(int row, int by) {
  const int to = row + by;
  if (row < 0 || row >= rowCount() || to < 0 || to >= rowCount() || by == 0) {
    return false;
  }
  beginMoveRows({}, row, row, {}, by > 0 ? to + 1 : to);
  std::swap(factors_[static_cast<std::size_t>(row)], factors_[static_cast<std::size_t>(to)]);
  endMoveRows();
  Q_EMIT edited();
  return true;
}

int ComparisonFactorModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(factors_.size());
}

int ComparisonFactorModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : kColumnCount;
}

Qt::ItemFlags ComparisonFactorModel::flags(const QModelIndex& index) const {
  if (!index.isValid()) {
    return Qt::NoItemFlags;
  }
  const Qt::ItemFlags flags = Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren;
  switch (static_cast<Column>(index.column())) {
    case Column::kRows:
    case Column::kColumns:
      return flags | Qt::ItemIsUserCheckable;
    case Column::kBaseline:
      return flags | Qt::ItemIsEditable;
    case Column::kFactor:
      break;
  }
  return flags;
}

QVariant ComparisonFactorModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
    return {};
  }
  const FactorRow& factor = factors_[static_cast<std::size_t>(index.row())];
  const auto column = static_cast<Column>(index.column());
  switch (role) {
    case Qt::DisplayRole:
      if (column == Column::kFactor) {
        return shown(factor.name);
      }
      if (column == Column::kBaseline) {
        return factor.baseline.isEmpty() ? QStringLiteral("–") : shown(factor.baseline);
      }
      return {};
    case Qt::EditRole:
      return column == Column::kBaseline ? QVariant(factor.baseline) : QVariant();
    case Qt::CheckStateRole:
      if (column == Column::kRows) {
        return checkState(factor.is_in_rows);
      }
      return column == Column::kColumns ? checkState(factor.is_in_columns) : QVariant();
    case Qt::AccessibleTextRole:
      return column == Column::kFactor || column == Column::kBaseline
                 ? QVariant()
                 : QVariant(QStringLiteral("%1: %2").arg(shown(factor.name), titleOf(column)));
    case Qt::ToolTipRole:
      return column == Column::kFactor || column == Column::kBaseline
                 ? QVariant(
                       QStringLiteral("<p>%1</p>")
                           .arg(shown(column == Column::kFactor ? factor.name : factor.baseline)
                                    .toHtmlEscaped()))
                 : QVariant();
    case kChoicesRole:
      return QStringList(QString()) + factor.labels;
    default:
      return {};
  }
}

bool ComparisonFactorModel::setData(const QModelIndex& index, const QVariant& value, int role) {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
    return false;
  }
  FactorRow& factor = factors_[static_cast<std::size_t>(index.row())];
  const auto column = static_cast<Column>(index.column());
  const bool is_checked = value.toInt() == Qt::Checked;
  if (role == Qt::CheckStateRole && column == Column::kRows) {
    factor.is_in_rows = is_checked;
    factor.is_in_columns = factor.is_in_columns && !is_checked;
  } else if (role == Qt::CheckStateRole && column == Column::kColumns) {
    factor.is_in_columns = is_checked;
    factor.is_in_rows = factor.is_in_rows && !is_checked;
  } else if (role == Qt::EditRole && column == Column::kBaseline &&
             (value.toString().isEmpty() || factor.labels.contains(value.toString()))) {
    factor.baseline = value.toString();
  } else {
    return false;
  }
  Q_EMIT dataChanged(this->index(index.row(), 0), this->index(index.row(), kColumnCount - 1));
  Q_EMIT edited();
  return true;
}

QVariant ComparisonFactorModel::headerData(int section,
                                           Qt::Orientation orientation,
                                           int role) const {
  if (orientation != Qt::Horizontal || section < 0 || section >= kColumnCount) {
    return {};
  }
  if (role == Qt::DisplayRole) {
    return titleOf(static_cast<Column>(section));
  }
  return role == Qt::ToolTipRole ? QVariant(toolTipOf(static_cast<Column>(section))) : QVariant();
}

}  // namespace retort::gui
