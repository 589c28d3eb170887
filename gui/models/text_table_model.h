#pragma once

#include <QAbstractTableModel>
#include <QStringList>

#include <vector>

namespace retort::gui {

/// Rows of texts under titles: settings, attempts, events. Values come ready to be read.
class TextTableModel final : public QAbstractTableModel {
  Q_OBJECT

 public:
  explicit TextTableModel(QStringList titles, QObject* parent = nullptr);

  /// Shows these rows; short ones are filled with nothing. Rows that only follow what is shown are
  /// added at the end, and as many rows as before are changed one by one, so that a list that is
  /// looked at keeps its place and selection.
  void setRows(std::vector<QStringList> rows);

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section,
                                    Qt::Orientation orientation,
                                    int role) const override;

 private:
  QStringList titles_;
  std::vector<QStringList> rows_;
};

}  // namespace retort::gui
