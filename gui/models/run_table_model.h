#pragma once

#include "gui/models/run_row.h"

#include <QAbstractTableModel>
#include <QIcon>

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace retort::gui {

/// The runs of a workspace as a table, one row a run. Columns are those of every run, the factors
/// of the experiments whose labels differ between runs, and the final metrics.
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
  void setRuns(const std::vector<RunRecord>& runs);

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
  /// The user wants another text in a note ("note") or other tags ("tags").
  void edited(const QString& run_id, const QString& field, const QString& text);

 private:
  /// A run with its cells, one a column, so that drawing and sorting read nothing else.
  struct Entry {
    RunRow row;
    std::vector<QVariant> cells;
  };

  [[nodiscard]] Entry makeEntry(RunRow row) const;
  [[nodiscard]] const RunFacts& factsOf(const std::string& run_id) const;
  void removeMissing(const std::vector<RunRecord>& runs);
  void append(std::vector<RunRecord> runs);
  void update(int row, RunRow changed);
  void indexRows();
  [[nodiscard]] QVariant decoration(const Entry& entry, const QString& field) const;

  std::vector<Column> columns_;
  std::vector<Entry> entries_;
  std::unordered_map<std::string, int> rows_;  ///< by run id
  std::shared_ptr<const RunFactsBook> book_;   ///< shared: ten thousand are slow to copy
  std::map<RunState, QIcon> icons_;
  bool is_dark_ = false;
};

}  // namespace retort::gui
