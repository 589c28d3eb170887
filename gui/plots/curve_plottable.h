#pragma once

#include "gui/plots/curve.h"

class QCPAbstractPlottable;
class QCPAxis;

namespace retort::gui {

/// How all curves of one plot are drawn; the plottables look here each time.
struct CurveLook {
  PlotStyle style;
  bool has_markers = false;  ///< a dot at every sample
  bool is_fast = false;      ///< thin lines with hard edges: many samples, or moving
};

enum class CurvePart { kBand, kRaw, kLine };

/// Adds one part of a curve to the canvas of the axes, which owns it. `look` must live as long.
/// What is drawn is decimated to the pixels in sight each time; what a line cannot show stands at
/// the edge: a triangle for what is too large or too small, a cross for NaN.
QCPAbstractPlottable* addCurvePlottable(
    QCPAxis* x_axis, QCPAxis* y_axis, const Curve& curve, CurvePart part, const CurveLook& look);

}  // namespace retort::gui
