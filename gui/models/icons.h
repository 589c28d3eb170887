#pragma once

#include <QIcon>

namespace retort::gui {

/// The icon resources/icons/NAME.svg, drawn in the colour of the text around it: it follows a
/// change between light and dark by itself and is sharp at every scale. Empty when there is none.
[[nodiscard]] QIcon icon(const QString& name);

/// The program's own icon, in colours.
[[nodiscard]] QIcon applicationIcon();

}  // namespace retort::gui
