#include "gui/pages/comparison_delegate.h"

#include "gui/models/comparison_table_model.h"

namespace retort::gui {
namespace {

constexpr int kMiddleLightness = 128;
constexpr int kPale = 165;

/// Dark enough on light and light enough on dark for 4.5:1.
QColor warningColor(const QPalette& palette) {
  const bool is_dark = palette.color(QPalette::Base).lightness() < kMiddleLightness;
  return is_dark ? QColor(0xffb454) : QColor(0x9a5700);
}

QColor tinted(QColor color) {
  color.setAlpha(28);
  return color;
}

}  // namespace

void ComparisonDelegate::initStyleOption(QStyleOptionViewItem* option,
                                         const QModelIndex& index) const {
  QStyledItemDelegate::initStyleOption(option, index);
  option->textElideMode = Qt::ElideMiddle;
  using Mark = ComparisonTableModel::Mark;
  switch (static_cast<Mark>(index.data(ComparisonTableModel::kMarkRole).toInt())) {
    case Mark::kIncomplete: {
      const QColor color = warningColor(option->palette);
      option->palette.setColor(QPalette::Text, color);
      option->backgroundBrush = tinted(color);
      break;
    }
    case Mark::kBaseline: {
      QColor pale = option->palette.color(QPalette::Text);
      pale.setAlpha(kPale);
      option->palette.setColor(QPalette::Text, pale);
      break;
    }
    case Mark::kOutside:
      option->backgroundBrush =
          QBrush(tinted(option->palette.color(QPalette::Text)), Qt::BDiagPattern);
      break;
    case Mark::kBest:
    case Mark::kNone:
      break;
  }
}

}  // namespace retort::gui
