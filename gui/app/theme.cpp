#include "gui/app/theme.h"

#include <QAbstractScrollArea>
#include <QApplication>
#include <QPainter>
#include <QPalette>
#include <QProxyStyle>
#include <QStyleOption>

#include <algorithm>

namespace retort::gui {
namespace {

constexpr int kTableRoom = 3;
constexpr int kBoxMargin = 2;
constexpr int kIconRoom = 4;

void setText(QPalette& palette, const QColor& text, const QColor& faint) {
  for (const auto role :
       {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::ToolTipText}) {
    palette.setColor(role, text);
    palette.setColor(QPalette::Disabled, role, faint);
  }
  palette.setColor(QPalette::PlaceholderText, faint);
}

QPalette lightPalette() {
  QPalette palette(QColor(0xf3, 0xf4, 0xf6));
  palette.setColor(QPalette::Window, QColor(0xf3, 0xf4, 0xf6));
  palette.setColor(QPalette::Base, Qt::white);
  palette.setColor(QPalette::AlternateBase, QColor(0xf7, 0xf8, 0xfa));
  palette.setColor(QPalette::Button, QColor(0xea, 0xec, 0xef));
  palette.setColor(QPalette::ToolTipBase, QColor(0xff, 0xff, 0xf2));
  palette.setColor(QPalette::Highlight, QColor(0x2f, 0x6f, 0xc4));
  palette.setColor(QPalette::HighlightedText, Qt::white);
  palette.setColor(QPalette::Link, QColor(0x1d, 0x5f, 0xb8));
  setText(palette, QColor(0x1c, 0x1f, 0x24), QColor(0x80, 0x86, 0x8f));
  return palette;
}

QPalette darkPalette() {
  QPalette palette(QColor(0x2a, 0x2d, 0x32));
  palette.setColor(QPalette::Window, QColor(0x2a, 0x2d, 0x32));
  palette.setColor(QPalette::Base, QColor(0x1e, 0x20, 0x24));
  palette.setColor(QPalette::AlternateBase, QColor(0x24, 0x27, 0x2b));
  palette.setColor(QPalette::Button, QColor(0x36, 0x3a, 0x40));
  palette.setColor(QPalette::ToolTipBase, QColor(0x36, 0x3a, 0x40));
  palette.setColor(QPalette::Highlight, QColor(0x3d, 0x7e, 0xd6));
  palette.setColor(QPalette::HighlightedText, Qt::white);
  palette.setColor(QPalette::Link, QColor(0x7a, 0xb4, 0xff));
  setText(palette, QColor(0xe4, 0xe6, 0xe9), QColor(0x86, 0x8c, 0x95));
  return palette;
}

/// Fusion with some changes. It draws the frames of check boxes darker than the window: on a dark
/// one they cannot be seen. It leaves so little room beside the texts of tables that a column of
/// numbers runs into the one behind it. It cuts the text of a box that is too narrow for it without
/// a sign, it shades tool bars, and of a table or text it does not show that the keys go there.
class ReadableFusion final : public QProxyStyle {
 public:
  ReadableFusion() : QProxyStyle(QStringLiteral("Fusion")) {}

  int pixelMetric(PixelMetric metric,
                  const QStyleOption* option,
                  const QWidget* widget) const override {
    const bool is_margin = metric == PM_HeaderMargin || metric == PM_FocusFrameHMargin;
    return QProxyStyle::pixelMetric(metric, option, widget) + (is_margin ? kTableRoom : 0);
  }

  void drawPrimitive(PrimitiveElement element,
                     const QStyleOption* option,
                     QPainter* painter,
                     const QWidget* widget) const override {
    if (element == PE_Frame && option->state.testFlag(State_HasFocus) &&
        qobject_cast<const QAbstractScrollArea*>(widget) != nullptr) {
      painter->setPen(option->palette.color(QPalette::Highlight));
      painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
      return;
    }
    const auto* box = qstyleoption_cast<const QStyleOptionButton*>(option);
    const bool is_box = element == PE_IndicatorCheckBox || element == PE_IndicatorRadioButton;
    if (box == nullptr || !is_box || box->palette.color(QPalette::Window).lightness() > 127) {
      QProxyStyle::drawPrimitive(element, option, painter, widget);
      return;
    }
    QStyleOptionButton lit(*box);
    lit.palette.setColor(QPalette::Window, box->palette.color(QPalette::PlaceholderText).lighter());
    QProxyStyle::drawPrimitive(element, &lit, painter, widget);
  }

  void drawControl(ControlElement element,
                   const QStyleOption* option,
                   QPainter* painter,
                   const QWidget* widget) const override {
    if (element == CE_ToolBar) {
      return;  // as the window is
    }
    const auto* box = qstyleoption_cast<const QStyleOptionComboBox*>(option);
    if (element != CE_ComboBoxLabel || box == nullptr) {
      QProxyStyle::drawControl(element, option, painter, widget);
      return;
    }
    QStyleOptionComboBox elided(*box);
    const int room = subControlRect(CC_ComboBox, box, SC_ComboBoxEditField, widget).width();
    const int icon = box->currentIcon.isNull() ? 0 : box->iconSize.width() + kIconRoom;
    elided.currentText = box->fontMetrics.elidedText(
        box->currentText, Qt::ElideMiddle, std::max(0, room - icon - kBoxMargin));
    QProxyStyle::drawControl(element, &elided, painter, widget);
  }
};

}  // namespace

void applyTheme(const QString& theme) {
  QApplication::setStyle(new ReadableFusion);
  if (theme == QLatin1String("light") || theme == QLatin1String("dark")) {
    QApplication::setPalette(theme == QLatin1String("dark") ? darkPalette() : lightPalette());
  } else {
    QApplication::setPalette(QPalette());  // the desktop's own, and its changes
  }
}

}  // namespace retort::gui
