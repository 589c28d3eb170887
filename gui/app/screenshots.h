#pragma once

#include <QString>

namespace retort::gui {

/// Opens the window on a made-up workspace, without a display, and writes a picture of each page in
/// light and dark into `folder` (PAGE.png and PAGE-dark.png), replacing older ones. Needs a
/// QApplication; returns the exit code of the program.
[[nodiscard]] int takeScreenshots(const QString& folder);

}  // namespace retort::gui
