#include "gui/models/check_list_model.h"

#include "core/base/file.h"

#include <algorithm>

namespace retort::gui {

void CheckListModel::setNames(const QStringList& names, const QStringList& checked) {
  std::vector<Item> items;
  for (const QString& name : names) {
    items.push_back({name, checked.contains(name)});
  }
  for (const QString& name : checked) {
    if (!names.contains(name)) {
      items.push_back({name, true});
    }
  }
  if (items == items_) {
    return;
  }
  const bool has_same_names = std::equal(
      items.begin(), items.end(), items_.begin(), items_.end(), [](const Item& a, const Item& b) {
        return a.name == b.name;
      });
  if (!has_same_names) {
    beginResetModel();
    items_ = std::move(items);
    endResetModel();
    return;
  }
  items_ = std::move(items);
  Q_EMIT dataChanged(index(0), index(rowCount() - 1), {Qt::CheckStateRole});
}

void CheckListModel::addChecked(const QString& name) {
  const auto known = std::find_if(
      items_.begin(), items_.end(), [&](const Item& item) { return item.name == name; });
  if (known != items_.end()) {
    setData(index(static_cast<int>(known - items_.begin())), Qt::Checked, Qt::CheckStateRole);
    return;
  }
  beginInsertRows({}, rowCount(), rowCount());
  items_.push_back({name, true});
  endInsertRows();
  Q_EMIT edited();
}

QStringList CheckListModel::checkedNames() const {
  QStringList names;
  for (const Item& item : items_) {
    if (item.is_checked) {
      names.append(item.name);
    }
  }
  return names;
}

int CheckListModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(items_.size());
}

Qt::ItemFlags CheckListModel::flags(const QModelIndex& index) const {
  return index.isValid() ? Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable |
                               Qt::ItemNeverHasChildren
                         : Qt::NoItemFlags;
}

QVariant CheckListModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
    return {};
  }
  const Item& item = items_[static_cast<std::size_t>(index.row())];
  if (role == Qt::DisplayRole) {
    return QString::fromStdString(escapeForTerminal(item.name.toStdString()));
  }
  return role == Qt::CheckStateRole
             ? QVariant(static_cast<int>(item.is_checked ? Qt::Checked : Qt::Unchecked))
             : QVariant();
}

bool CheckListModel::setData(const QModelIndex& index, const QVariant& value, int role) {
  if (role != Qt::CheckStateRole || !checkIndex(index, CheckIndexOption::IndexIsValid)) {
    return false;
  }
  Item& item = items_[static_cast<std::size_t>(index.row())];
  const bool is_checked = value.toInt() == Qt::Checked;
  if (item.is_checked != is_checked) {
    item.is_checked = is_checked;
    Q_EMIT dataChanged(index, index, {Qt::CheckStateRole});
    Q_EMIT edited();
  }
  return true;
}

}  // namespace retort::gui
