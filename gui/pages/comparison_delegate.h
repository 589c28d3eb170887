#pragma once

#include <QStyledItemDelegate>

namespace retort::gui {

/// Draws the cells of a comparison by their mark: cells with missing runs stand out, the baseline
/// and what is not part of the grid step back.
class ComparisonDelegate final : public QStyledItemDelegate {
  Q_OBJECT

 public:
  using QStyledItemDelegate::QStyledItemDelegate;

 protected:
  void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override;
};

}  // namespace retort::gui
