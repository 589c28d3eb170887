#include "gui/pages/run_delegate.h"

#include "gui/models/run_table_model.h"

#include <QApplication>
#include <QIcon>
#include <QPainter>
#include <QWidget>

namespace retort::gui {
namespace {

constexpr int kMargin = 4;
constexpr int kSwatch = 12;

/// The text of a selected row, or of any other.
QPalette::ColorRole textRole(const QStyleOptionViewItem& option) {
  return option.state.testFlag(QStyle::State_Selected) ? QPalette::HighlightedText : QPalette::Text;
}

void paintBar(QPainter& painter, const QStyleOptionViewItem& option, double percent) {
  const QRectF frame = QRectF(option.rect).adjusted(kMargin, kMargin, -kMargin, -kMargin);
  QColor trough = option.palette.color(textRole(option));
  trough.setAlphaF(0.14F);
  QColor bar = option.palette.color(QPalette::Highlight);
  if (option.state.testFlag(QStyle::State_Selected)) {
    bar = bar.darker();  // the text on it is light
  } else {
    bar.setAlphaF(0.55F);
  }
  painter.setPen(Qt::NoPen);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setBrush(trough);
  painter.drawRoundedRect(frame, 3, 3);
  QRectF done = frame;
  done.setWidth(frame.width() * percent / 100.0);
  if (option.direction == Qt::RightToLeft) {
    done.moveRight(frame.right());
  }
  painter.setBrush(bar);
  painter.drawRoundedRect(done, 3, 3);
}

/// The run's colour; in a selected row, whose colour it may be too, with a frame.
QPixmap swatch(const QColor& color, const QStyleOptionViewItem& option) {
  const qreal ratio = option.widget == nullptr ? 1.0 : option.widget->devicePixelRatioF();
  QPixmap pixmap(QSizeF(kSwatch * ratio, kSwatch * ratio).toSize());
  pixmap.setDevicePixelRatio(ratio);
  pixmap.fill(color);
  if (option.state.testFlag(QStyle::State_Selected)) {
    QPainter painter(&pixmap);
    painter.setPen(option.palette.color(QPalette::HighlightedText));
    painter.drawRect(QRectF(0.5, 0.5, kSwatch - 1.0, kSwatch - 1.0));
  }
  return pixmap;
}

}  // namespace

void RunDelegate::initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const {
  QStyledItemDelegate::initStyleOption(option, index);
  const QVariant decoration = index.data(Qt::DecorationRole);
  if (decoration.typeId() == QMetaType::QColor) {
    option->decorationSize = QSize(kSwatch, kSwatch);
    const QPixmap pixmap = swatch(decoration.value<QColor>(), *option);
    option->icon = QIcon();
    for (const auto mode : {QIcon::Normal, QIcon::Selected}) {
      option->icon.addPixmap(pixmap, mode);  // as it is: not tinted by the selection
    }
  }
  option->textElideMode = Qt::ElideMiddle;  // names differ at their ends: the seed
  // The focus frame around one cell of a row that is selected as a whole only disturbs.
  option->state.setFlag(QStyle::State_HasFocus, false);
}

void RunDelegate::paint(QPainter* painter,
                        const QStyleOptionViewItem& option,
                        const QModelIndex& index) const {
  const QVariant value = index.data(RunTableModel::kValueRole);
  const QString text = index.data(Qt::DisplayRole).toString();
  if (value.typeId() != QMetaType::Double || !text.endsWith(QLatin1Char('%'))) {
    QStyledItemDelegate::paint(painter, option, index);
    return;
  }
  QStyleOptionViewItem styled = option;
  initStyleOption(&styled, index);
  styled.text.clear();
  QApplication::style()->drawControl(QStyle::CE_ItemViewItem, &styled, painter, styled.widget);
  painter->save();
  paintBar(*painter, styled, value.toDouble());
  painter->setPen(styled.palette.color(textRole(styled)));
  painter->drawText(styled.rect, Qt::AlignCenter, text);
  painter->restore();
}

}  // namespace retort::gui
