#pragma once

#include "gui/plots/curve_set.h"

class QCPAbstractPlottable;
class QCPAxis;

namespace retort::gui {

/// How the curves of one plot are drawn.
struct CurveLook {
  PlotStyle style;
  bool has_markers = false;  ///< a dot at every sample
};

/// Adds what draws the visible curves to the canvas of the axes, which owns it; `curves` and `look`
/// must live as long. What is drawn is decimated to the pixels in sight each time, so that extremes
/// are kept; what a line cannot show stands at the edge: a triangle for what is too large or too
/// small, a cross for NaN. On a screen hundreds of curves are drawn within a frame of 16 ms.
QCPAbstractPlottable* addCurvePlottable(QCPAxis* x_axis,
                                        QCPAxis* y_axis,
                                        const CurveSet& curves,
                                        const CurveLook& look);

}  // namespace retort::gui
