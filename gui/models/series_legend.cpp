#include "gui/models/series_legend.h"

#include <algorithm>
#include <utility>

namespace retort::gui {

void SeriesLegend::setEntries(std::vector<LegendEntry> entries) {
  if (entries != entries_) {
    beginResetModel();
    entries_ = std::move(entries);
    endResetModel();
  }
}

bool SeriesLegend::isShown(const std::string& id) const {
  return !std::binary_search(hidden_.begin(), hidden_.end(), id);
}

void SeriesLegend::setShown(const std::string& id, bool is_shown) {
  if (isShown(id) == is_shown) {
    return;
  }
  const auto place = std::lower_bound(hidden_.begin(), hidden_.end(), id);
  if (is_shown) {
    hidden_.erase(place);
  } else {
    hidden_.insert(place, id);
  }
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (entries_[i].id == id) {
      const QModelIndex changed = index(static_cast<int>(i));
      Q_EMIT dataChanged(changed, changed, {Qt::CheckStateRole});
    }
  }
  Q_EMIT shownChanged(id, is_shown);
}

void SeriesLegend::showAll() {
  const std::vector<std::string> hidden = hidden_;
  for (const std::string& id : hidden) {
    setShown(id, true);
  }
}

void SeriesLegend::showOnly(int row) {
  if (row < 0 || row >= rowCount()) {
    return;
  }
  const std::string chosen = entries_[static_cast<std::size_t>(row)].id;
  const bool is_alone =
      std::all_of(entries_.begin(), entries_.end(), [&](const LegendEntry& entry) {
        return isShown(entry.id) == (entry.id == chosen);
      });
  const std::vector<LegendEntry> entries = entries_;
  for (const LegendEntry& entry : entries) {
    setShown(entry.id, is_alone || entry.id == chosen);
  }
}

int SeriesLegend::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(entries_.size());
}

QVariant SeriesLegend::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= rowCount()) {
    return {};
  }
  const LegendEntry& entry = entries_[static_cast<std::size_t>(index.row())];
  switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
      return entry.name;
    case Qt::ToolTipRole:
      return QStringLiteral("<p>%1</p>").arg(entry.name.toHtmlEscaped());
    case Qt::DecorationRole:
      return entry.color;
    case kPenRole:
      return static_cast<int>(entry.pen);
    case Qt::CheckStateRole:
      return isShown(entry.id) ? Qt::Checked : Qt::Unchecked;
    default:
      return {};
  }
}

bool SeriesLegend::setData(const QModelIndex& index, const QVariant& value, int role) {
  if (!index.isValid() || index.row() >= rowCount() || role != Qt::CheckStateRole) {
    return false;
  }
  setShown(entries_[static_cast<std::size_t>(index.row())].id, value.toInt() == Qt::Checked);
  return true;
}

Qt::ItemFlags SeriesLegend::flags(const QModelIndex& index) const {
  if (!index.isValid()) {
    return Qt::NoItemFlags;
  }
  return Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable |
         Qt::ItemNeverHasChildren;
}

}  // namespace retort::gui
