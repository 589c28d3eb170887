#include "gui/models/run_filter_model.h"

#include "gui/models/run_table_model.h"

#include <algorithm>

namespace retort::gui {

namespace {

constexpr int kRowsAtOnce = 3000;  // whose cells are read in some milliseconds

bool isNumber(const QVariant& value) {
  return value.typeId() == QMetaType::Double;
}

}  // namespace

RunFilterModel::RunFilterModel(RunTableModel& runs, QObject* parent)
    : QSortFilterProxyModel(parent),
      runs_(runs) {
  setSourceModel(&runs_);
  prepare_timer_.setSingleShot(true);
  connect(&prepare_timer_, &QTimer::timeout, this, &RunFilterModel::prepareSort);
}

void RunFilterModel::sort(int column, Qt::SortOrder order) {
  wanted_column_ = column;
  wanted_order_ = order;
  prepared_rows_ = 0;
  prepareSort();
}

void RunFilterModel::prepareSort() {
  const bool has_column = wanted_column_ >= 0 && wanted_column_ < runs_.columnCount();
  const int rows = has_column ? runs_.rowCount() : 0;
  const int end = std::min(rows, prepared_rows_ + kRowsAtOnce);
  for (; prepared_rows_ < end; ++prepared_rows_) {
    if (!isNumber(runs_.valueAt(prepared_rows_, wanted_column_))) {
      static_cast<void>(runs_.foldedTextAt(prepared_rows_, wanted_column_));
    }
  }
  if (prepared_rows_ < rows) {
    prepare_timer_.start();
  } else {
    prepare_timer_.stop();
    QSortFilterProxyModel::sort(wanted_column_, wanted_order_);
  }
}

void RunFilterModel::setFilterText(const QString& text) {
  filter_ = RunFilter::parse(text);
  invalidateFilter();
}

std::string RunFilterModel::runIdAt(int row) const {
  return runs_.rowAt(mapToSource(index(row, 0)).row()).run.spec.run_id;
}

bool RunFilterModel::filterAcceptsRow(int source_row, const QModelIndex&) const {
  return filter_.isEmpty() || filter_.matches(runs_.rowAt(source_row));
}

bool RunFilterModel::lessThan(const QModelIndex& left, const QModelIndex& right) const {
  const QVariant& first = runs_.valueAt(left.row(), left.column());
  const QVariant& second = runs_.valueAt(right.row(), right.column());
  if (first.isValid() != second.isValid()) {
    return first.isValid() == (sortOrder() == Qt::AscendingOrder);
  }
  if (isNumber(first) && isNumber(second)) {
    return first.toDouble() < second.toDouble();
  }
  return runs_.foldedTextAt(left.row(), left.column()) <
         runs_.foldedTextAt(right.row(), right.column());
}

}  // namespace retort::gui
