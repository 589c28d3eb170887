#pragma once

#include "core/run/run_record.h"

#include <QAbstractTableModel>

#include <vector>

namespace retort::gui {

/// The runs of a workspace as a table, one row a run, in the order given.
class RunTableModel final : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum class Column { kRun, kName, kState, kPhase, kProgress, kMessage };
  static constexpr int kColumnCount = 6;

  /// Sorts progress and the like by what they mean, not by their text.
  static constexpr int kSortRole = Qt::UserRole;

  using QAbstractTableModel::QAbstractTableModel;

  /// Shows `runs`. Selections survive as long as the same runs stand in the same order; otherwise
  /// the model is reset.
  void setRuns(std::vector<RunRecord> runs);

  [[nodiscard]] const RunRecord& runAt(int row) const;

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section,
                                    Qt::Orientation orientation,
                                    int role) const override;

 private:
  std::vector<RunRecord> runs_;
};

}  // namespace retort::gui
