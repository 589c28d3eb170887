#pragma once

#include <QString>

namespace retort::gui {

/// Qt's own "Fusion" style with a palette of ours ("light", "dark") or with the desktop's
/// ("system", and everything else), whose changes it then follows.
void applyTheme(const QString& theme);

}  // namespace retort::gui
