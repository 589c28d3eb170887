#pragma once

#include "core/tables/comparison_table.h"
#include "core/tables/table_layout.h"

#include <QAbstractTableModel>

namespace retort::gui {

/// A comparison table with the texts of `layoutTable`: window, terminal and paper show the same
/// numbers. Cells without a value say why.
class ComparisonTableModel final : public QAbstractTableModel {
  Q_OBJECT

 public:
  /// Numbers sort as numbers; cells without one come last.
  static constexpr int kSortRole = Qt::UserRole;
  /// A `Mark` as int.
  static constexpr int kMarkRole = Qt::UserRole + 1;

  enum class Mark {
    kNone,
    kBest,
    kBaseline,
    kIncomplete,  ///< a run of the cell has no value
    kOutside,     ///< not part of the grid
  };

  using QAbstractTableModel::QAbstractTableModel;

  /// Shows another table. Selections survive when only numbers have changed.
  void setTable(ComparisonTable table);

  [[nodiscard]] const ComparisonTable& table() const { return table_; }

  [[nodiscard]] const TableLayout& layout() const { return layout_; }

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section,
                                    Qt::Orientation orientation,
                                    int role) const override;

 private:
  [[nodiscard]] const ComparisonCell* cellAt(int row, int column) const;
  [[nodiscard]] QString textAt(int row, int column) const;
  [[nodiscard]] QString toolTipAt(int row, int column) const;
  [[nodiscard]] QVariant sortKeyAt(int row, int column) const;
  [[nodiscard]] Mark markAt(int row, int column) const;

  ComparisonTable table_;
  TableLayout layout_;
};

}  // namespace retort::gui
