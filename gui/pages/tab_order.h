#pragma once

class QWidget;

namespace retort::gui {

/// The Tab key comes to `widget` after everything that is in `container` so far: Qt goes by the
/// order of construction, which is not always that on the screen.
void putLastInTabOrder(const QWidget& container, QWidget& widget);

}  // namespace retort::gui
