#pragma once

#include <QHash>
#include <QJsonObject>
#include <QTableView>

#include <string>
#include <vector>

class QMenu;

namespace retort::gui {

class RunFilterModel;
class RunTableModel;

/// The table of runs: columns can be chosen, moved and sized, runs are selected by whole rows.
class RunTableView final : public QTableView {
  Q_OBJECT

 public:
  RunTableView(RunTableModel& runs, RunFilterModel& shown, QWidget* parent);

  /// In the order of the table.
  [[nodiscard]] std::vector<std::string> selectedRuns() const;
  /// Selects those of these that are shown, without a signal of its own.
  void selectRuns(const std::vector<std::string>& run_ids);

  /// Opens the editor of a cell ("note", "tags") of the first selected run.
  void editField(const QString& field);

  /// One entry a column, checked where it is shown.
  void fillColumnsMenu(QMenu& menu);

  /// Order, widths, choice of columns, and sorting.
  [[nodiscard]] QJsonObject state() const;
  /// Takes what `state` gave; what does not fit any more is ignored.
  void setState(const QJsonObject& state);

 Q_SIGNALS:
  void runsSelected();  ///< by the user

 protected:
  void selectionChanged(const QItemSelection& selected, const QItemSelection& deselected) override;

 private:
  [[nodiscard]] QItemSelection rangesOf(const std::vector<std::string>& run_ids) const;
  [[nodiscard]] int longestText(int column) const;
  void applyState();
  void showColumnsMenu(const QPoint& place);

  RunTableModel& runs_;
  RunFilterModel& shown_;
  QJsonObject wanted_;                ///< the last state given, for columns that come later
  QHash<QString, int> first_widths_;  ///< by field; another one was chosen by the user
  bool is_selecting_ = false;
};

}  // namespace retort::gui
