#pragma once

#include <QAbstractListModel>
#include <QStringList>

#include <vector>

namespace retort::gui {

/// Names to tick.
class CheckListModel final : public QAbstractListModel {
  Q_OBJECT

 public:
  using QAbstractListModel::QAbstractListModel;

  /// Shows `names`, and those of `checked` that are not among them below; ticks `checked`.
  void setNames(const QStringList& names, const QStringList& checked);

  /// Adds a name at the end (when it is new) and ticks it, as a user would.
  void addChecked(const QString& name);

  /// The ticked names from top to bottom.
  [[nodiscard]] QStringList checkedNames() const;

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  bool setData(const QModelIndex& index, const QVariant& value, int role) override;

 Q_SIGNALS:
  void edited();  ///< a tick was set or taken away, not by `setNames`

 private:
  struct Item {
    QString name;
    bool is_checked = false;

    bool operator==(const Item&) const = default;
  };

  std::vector<Item> items_;
};

}  // namespace retort::gui
