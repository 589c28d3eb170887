#pragma once

#include "gui/models/run_list.h"
#include "gui/models/run_row.h"

#include <QAbstractTableModel>
#include <QIcon>
#include <QTimer>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace retort::gui {

/// The runs of a workspace as a table, one row a run. Columns are those of every run, the factors
/// of the experiments whose labels differ between runs, and the final metrics.
///
/// What has changed is taken in at once as far as it is little, as it usually is; more than a few
/// hundred rows piece by piece, between which the window is drawn and answers.
class RunTableModel final : public QAbstractTableModel {
  Q_OBJECT

 public:
  /// What a column's cells are, which decides how they are written.
  enum class ColumnKind { kText, kInteger, kNumber, kPercent, kDuration, kTime };

  struct Column {
    QString field;  ///< as in `runField`
    QString title;
    ColumnKind kind = ColumnKind::kText;
    bool is_shown_at_first = true;

    bool operator==(const Column&) const = default;
  };

  /// The cell as a number or a text, for sorting; invalid where the run has nothing.
  static constexpr int kValueRole = Qt::UserRole;
  static constexpr int kRunIdRole = Qt::UserRole + 1;

  explicit RunTableModel(QObject* parent = nullptr);

  /// Shows `runs`. Rows stay where they are: runs that went are taken out, new ones are added at
  /// the end, and only what changed is announced, so that selections survive.
  void setRuns(SharedRuns runs);

  /// New labels, final metrics and times. The model is reset when that makes other columns.
  void setFacts(std::shared_ptr<const RunFactsBook> book);

  /// Whether the swatches are for a dark background.
  void setDark(bool is_dark);

  [[nodiscard]] const std::vector<Column>& columns() const { return columns_; }

  /// -1: there is no such column.
  [[nodiscard]] int columnOf(const QString& field) const;
  /// -1: there is no such run.
  [[nodiscard]] int rowOf(const std::string& run_id) const;
  [[nodiscard]] const RunRow& rowAt(int row) const;
  [[nodiscard]] const QVariant& valueAt(int row, int column) const;
  /// The cell's text for comparisons in which case does not count.
  [[nodiscard]] const QString& foldedTextAt(int row, int column) const;

  /// False while rows are still to come or to change.
  [[nodiscard]] bool isCaughtUp() const { return !pass_timer_.isActive(); }

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section,
                                    Qt::Orientation orientation,
                                    int role) const override;
  /// Note and tags can be edited. The cell keeps its text until the workspace has the new one.
  [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
  bool setData(const QModelIndex& index, const QVariant& value, int role) override;

 Q_SIGNALS:
  /// All that was set is shown; `has_other_rows`: some came or went.
  void caughtUp(bool has_other_rows);
  /// The user wants another text in a note ("note") or other tags ("tags").
  void edited(const QString& run_id, const QString& field, const QString& text);

 private:
  struct Cell {
    std::optional<QVariant> value;
    std::optional<QString> folded;
  };

  /// A run with its cells, one a column: each is made when it is drawn or sorted by first.
  struct Entry {
    RunRow row;
    mutable std::vector<Cell> cells;  ///< empty: none is made yet
  };

  [[nodiscard]] Cell& cellAt(int row, int column) const;
  [[nodiscard]] const RunFacts& factsOf(const std::string& run_id) const;
  void startPass();
  void continuePass();
  [[nodiscard]] bool removeMissing();
  void takeChanges();
  void append(std::vector<Entry> added);
  void update(int row, RunRow changed);
  [[nodiscard]] QVariant decoration(const Entry& entry, const QString& field) const;

  std::vector<Column> columns_;
  std::vector<Entry> entries_;
  std::unordered_map<std::string, int> rows_;  ///< by run id
  SharedRuns runs_;                            ///< what is to be shown
  std::shared_ptr<const RunFactsBook> book_;   ///< shared: ten thousand are slow to copy
  std::size_t next_ = 0;                       ///< of `runs_`: where the pass is
  bool has_other_rows_ = false;                ///< since the pass began
  QTimer pass_timer_;
  std::map<RunState, QIcon> icons_;
  bool is_dark_ = false;
};

}  // namespace retort::gui
