#pragma once

#include "gui/plots/curve_set.h"
#include "gui/plots/plot_style.h"

class QCustomPlot;

namespace retort::gui {

/// Names and colours below the curves, as many as fit into a part of the plot; the rest as
/// "7 more".
class CurveLegend {
 public:
  /// The canvas must live as long.
  explicit CurveLegend(QCustomPlot& canvas);

  void setShown(bool is_shown);
  void setStyle(const PlotStyle& style);

  /// For a plot of `width` times `height` canvas units.
  void fill(const CurveSet& curves, int width, int height);

 private:
  QCustomPlot& canvas_;
  PlotStyle style_;
};

}  // namespace retort::gui
