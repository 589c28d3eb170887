#include "gui/pages/tab_order.h"

#include <QWidget>

namespace retort::gui {

void putLastInTabOrder(const QWidget& container, QWidget& widget) {
  QWidget* last = &widget;
  for (QWidget* next = widget.nextInFocusChain(); next != &widget;
       next = next->nextInFocusChain()) {
    if (container.isAncestorOf(next) && next->focusPolicy() != Qt::NoFocus) {
      last = next;
    }
  }
  if (last != &widget) {
    QWidget::setTabOrder(last, &widget);
  }
}

}  // namespace retort::gui
