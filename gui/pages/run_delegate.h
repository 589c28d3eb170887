#pragma once

#include <QStyledItemDelegate>

namespace retort::gui {

/// Draws the cells of the run table: progress as a bar, everything else as text with its swatch or
/// icon.
class RunDelegate final : public QStyledItemDelegate {
  Q_OBJECT

 public:
  using QStyledItemDelegate::QStyledItemDelegate;

  void paint(QPainter* painter,
             const QStyleOptionViewItem& option,
             const QModelIndex& index) const override;

 protected:
  void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override;
};

}  // namespace retort::gui
