#pragma once

#include "gui/models/decimation.h"
#include "gui/plots/axis_range.h"

#include <QPointF>
#include <QPolygonF>
#include <QRectF>

#include <vector>

namespace retort::gui {

/// From numbers to places: `x` and `y` fill `rect`.
class CurveProjection {
 public:
  CurveProjection(const AxisRange& x, const AxisRange& y, bool is_log, const QRectF& rect);

  [[nodiscard]] const QRectF& rect() const { return rect_; }

  [[nodiscard]] double x(double number) const { return number * x_scale_ + x_offset_; }

  [[nodiscard]] double y(double number) const { return value(number) * y_scale_ + y_offset_; }

  [[nodiscard]] QPointF point(const Sample& sample) const { return {x(sample.x), y(sample.y)}; }

  [[nodiscard]] DecimationView view(int columns) const;

 private:
  [[nodiscard]] double value(double number) const;

  AxisRange x_;
  bool is_log_;
  bool is_wide_;  ///< so wide a stretch of logarithms that quick ones are right to a pixel's part
  QRectF rect_;
  double x_scale_;
  double x_offset_;
  double y_scale_;
  double y_offset_;
};

/// Cuts the line from `from` to `to` down to `box`; false when nothing of it is inside. Painters
/// do not like coordinates in the millions.
[[nodiscard]] bool clipLine(const QRectF& box, QPointF& from, QPointF& to);

/// The pieces of a line within `box`; each has at least one point. NaN breaks the line.
[[nodiscard]] std::vector<QPolygonF> piecesOf(const std::vector<Sample>& line,
                                              const CurveProjection& projection,
                                              const QRectF& box);

}  // namespace retort::gui
