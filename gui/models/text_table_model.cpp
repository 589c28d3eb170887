#include "gui/models/text_table_model.h"

#include <algorithm>
#include <utility>

namespace retort::gui {

TextTableModel::TextTableModel(QStringList titles, QObject* parent)
    : QAbstractTableModel(parent),
      titles_(std::move(titles)) {}

void TextTableModel::setRows(std::vector<QStringList> rows) {
  if (rows == rows_) {
    return;
  }
  if (rows.size() > rows_.size() && std::equal(rows_.begin(), rows_.end(), rows.begin())) {
    beginInsertRows({}, rowCount(), static_cast<int>(rows.size()) - 1);
    rows_ = std::move(rows);
    endInsertRows();
    return;
  }
  if (rows.size() == rows_.size()) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows[i] != rows_[i]) {
        rows_[i] = std::move(rows[i]);
        const int row = static_cast<int>(i);
        Q_EMIT dataChanged(index(row, 0), index(row, columnCount() - 1));
      }
    }
    return;
  }
  beginResetModel();
  rows_ = std::move(rows);
  endResetModel();
}

int TextTableModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int TextTableModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(titles_.size());
}

QVariant TextTableModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= rowCount()) {
    return {};
  }
  const QString text = rows_[static_cast<std::size_t>(index.row())].value(index.column());
  switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
      return text;
    case Qt::ToolTipRole:
      return text.toHtmlEscaped();  // "<b>" in a value is not markup
    case Qt::TextAlignmentRole:
      return QVariant(Qt::Alignment(Qt::AlignLeft | Qt::AlignVCenter));
    default:
      return {};
  }
}

QVariant TextTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section >= titles_.size()) {
    return {};
  }
  return titles_.value(section);
}

}  // namespace retort::gui
