#pragma once

#include <QAbstractTableModel>
#include <QStringList>

#include <vector>

namespace retort::gui {

/// What a factor does in a comparison table. In neither rows nor columns: cells average over it.
struct FactorRow {
  QString name;
  QStringList labels;
  bool is_in_rows = false;
  bool is_in_columns = false;
  QString baseline;  ///< one of the labels; empty: the baseline does not fix it

  bool operator==(const FactorRow&) const = default;
};

/// The factors of an experiment, with ticks for rows and columns and the baseline's label. Their
/// order is the order of the label columns of the table.
class ComparisonFactorModel final : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum class Column { kFactor, kRows, kColumns, kBaseline };
  static constexpr int kColumnCount = 4;

  /// The labels that a baseline may have, for the editor of that column; "" first: none.
  static constexpr int kChoicesRole = Qt::UserRole;

  using QAbstractTableModel::QAbstractTableModel;

  void setFactors(std::vector<FactorRow> factors);

  [[nodiscard]] const std::vector<FactorRow>& factors() const { return factors_; }

  /// Moves a factor up (by -1) or down (1); false at the ends.
  bool move(int row, int by);

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  bool setData(const QModelIndex& index, const QVariant& value, int role) override;
  [[nodiscard]] QVariant headerData(int section,
                                    Qt::Orientation orientation,
                                    int role) const override;

 Q_SIGNALS:
  void edited();  ///< by `setData` or `move`, not by `setFactors`

 private:
  std::vector<FactorRow> factors_;
};

}  // namespace retort::gui
