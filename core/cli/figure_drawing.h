#pragma once

#include "core/comparison/figure_spec.h"

namespace retort::cli {

/// True when the program that draws stands beside this one.
[[nodiscard]] bool canDrawFigures();

/// Draws a figure into its file, without a display. kNotFound when the program that draws has not
/// been built or there is nothing to draw.
[[nodiscard]] Status drawFigure(const FigureSpec& figure);

}  // namespace retort::cli
