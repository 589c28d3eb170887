#include "gui/models/run_filter_model.h"

#include "gui/models/run_table_model.h"

namespace retort::gui {

RunFilterModel::RunFilterModel(RunTableModel& runs, QObject* parent)
    : QSortFilterProxyModel(parent),
      runs_(runs) {
  setSourceModel(&runs_);
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
  if (first.typeId() == QMetaType::Double && second.typeId() == QMetaType::Double) {
    return first.toDouble() < second.toDouble();
  }
  return first.toString().compare(second.toString(), Qt::CaseInsensitive) < 0;
}

}  // namespace retort::gui
