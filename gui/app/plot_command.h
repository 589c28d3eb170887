#pragma once

namespace retort::gui {

/// True for `retort-gui --plot DESCRIPTION`, which `retort plot` starts.
[[nodiscard]] bool isPlotCommand(int argc, char** argv);

/// Draws one figure into a file, without a display: the description is a `FigureSpec` as JSON. The
/// file is replaced. Prints one sentence on failure; returns the exit code.
int runPlotCommand(int argc, char** argv);

}  // namespace retort::gui
