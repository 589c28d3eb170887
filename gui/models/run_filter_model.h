#pragma once

#include "gui/models/run_filter.h"

#include <QSortFilterProxyModel>
#include <QTimer>

#include <string>

namespace retort::gui {

class RunTableModel;

/// The list of runs, sorted by a column and filtered by what is typed.
class RunFilterModel final : public QSortFilterProxyModel {
  Q_OBJECT

 public:
  explicit RunFilterModel(RunTableModel& runs, QObject* parent = nullptr);

  void setFilterText(const QString& text);

  /// Of a long list in a moment: what it sorts by is read piece by piece before.
  void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;

  /// The id of the run in a row of this model.
  [[nodiscard]] std::string runIdAt(int row) const;

 protected:
  [[nodiscard]] bool filterAcceptsRow(int source_row, const QModelIndex& parent) const override;
  /// Numbers by value, texts without case; what a run has not stands last in both directions.
  [[nodiscard]] bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

 private:
  void prepareSort();

  RunTableModel& runs_;
  RunFilter filter_;
  int wanted_column_ = -1;
  Qt::SortOrder wanted_order_ = Qt::AscendingOrder;
  int prepared_rows_ = 0;
  QTimer prepare_timer_;
};

}  // namespace retort::gui
