#pragma once

#include "experiments/experiment_draft.h"
#include "gui/models/run_list.h"

#include <QAbstractTableModel>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace retort::gui {

/// The runs that an experiment asks for, and the cells that it excludes: what is done of them, and
/// which are left out. The check boxes say which cells are in.
class GridPreviewModel final : public QAbstractTableModel {
  Q_OBJECT

 public:
  /// The axes' labels stand between kState and the seed, which is the last column.
  enum class Column { kRun, kState };
  static constexpr int kFixedColumns = 2;

  using QAbstractTableModel::QAbstractTableModel;

  struct Counts {
    std::size_t runs = 0;      ///< without excluded ones
    std::size_t needed = 0;    ///< of them: only needed by others
    std::size_t done = 0;      ///< finished or diverged
    std::size_t active = 0;    ///< in the workspace, not ended
    std::size_t excluded = 0;  ///< cells
  };

  /// Null: no runs.
  void setPlan(std::shared_ptr<const experiments::DraftPlan> plan);

  /// What the workspace knows of the runs.
  void setRuns(SharedRuns runs);

  [[nodiscard]] const Counts& counts() const { return counts_; }

  /// Null where there is no such row.
  [[nodiscard]] const experiments::PlannedRun* plannedAt(int row) const;

  /// The submission's runs that are still to be done.
  [[nodiscard]] std::vector<const SubmittedRun*> runsToDo() const;

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section,
                                    Qt::Orientation orientation,
                                    int role) const override;
  [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
  /// Asks for a change by a click on the check box; the box follows the experiment.
  bool setData(const QModelIndex& index, const QVariant& value, int role) override;

 Q_SIGNALS:
  void toggleRequested(int row);

 private:
  void count();
  [[nodiscard]] std::vector<std::optional<RunState>> readStates() const;
  [[nodiscard]] const SubmittedRun* runOf(const experiments::PlannedRun& planned) const;
  [[nodiscard]] QString stateText(int row) const;
  [[nodiscard]] QString text(const experiments::PlannedRun& planned, int row, int column) const;

  std::shared_ptr<const experiments::DraftPlan> plan_;
  std::vector<std::string> axes_;
  SharedRuns runs_;                              ///< null: none yet
  std::vector<std::optional<RunState>> states_;  ///< by row; none: not in the workspace
  Counts counts_;
};

}  // namespace retort::gui
