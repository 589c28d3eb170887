#pragma once

#include "gui/models/run_filter.h"

#include <QSortFilterProxyModel>

#include <string>

namespace retort::gui {

class RunTableModel;

/// The list of runs, sorted by a column and filtered by what is typed.
class RunFilterModel final : public QSortFilterProxyModel {
  Q_OBJECT

 public:
  explicit RunFilterModel(RunTableModel& runs, QObject* parent = nullptr);

  void setFilterText(const QString& text);

  /// The id of the run in a row of this model.
  [[nodiscard]] std::string runIdAt(int row) const;

 protected:
  [[nodiscard]] bool filterAcceptsRow(int source_row, const QModelIndex& parent) const override;
  /// Numbers by value, texts without case; what a run has not stands last in both directions.
  [[nodiscard]] bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

 private:
  RunTableModel& runs_;
  RunFilter filter_;
};

}  // namespace retort::gui
