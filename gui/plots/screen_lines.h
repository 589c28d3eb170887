#pragma once

#include "gui/plots/curve_projection.h"

#include <QColor>

namespace retort::gui {

class CurveRaster;

/// A curve on a screen; lengths in pixels.
struct ScreenLine {
  const SeriesData& data;
  QColor color;
  double width = 1;
  Qt::PenStyle pen = Qt::SolidLine;
  double dot = 0;         ///< diameter of a dot where a sample stands alone; 0: none
  bool has_dots = false;  ///< a dot at every sample
};

/// Where something is that a line cannot show: x of samples, as in `DecimatedCurve`.
struct LineMarks {
  std::vector<double> nan_x;
  std::vector<double> above_x;
  std::vector<double> below_x;
};

/// What a line can be drawn with.
enum class LineCare {
  kSmooth,  ///< every sample that is in sight, if there are not many in a pixel column
  kQuick    ///< upright spans of a pixel column, for hundreds of curves; dashes are lost
};

/// Draws what of the line is in sight. `projection` is in pixels of the raster; `bar` pixels make a
/// column, at least 1.
LineMarks drawScreenLine(CurveRaster& raster,
                         const ScreenLine& line,
                         const CurveProjection& projection,
                         int bar,
                         LineCare care);

/// How many lines between samples `kSmooth` would draw of a curve at most.
[[nodiscard]] double smoothEffort(const SeriesData& data, const DecimationView& view);

}  // namespace retort::gui
