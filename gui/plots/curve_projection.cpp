#include "gui/plots/curve_projection.h"

#include <algorithm>
#include <cmath>

namespace retort::gui {

CurveProjection::CurveProjection(const AxisRange& x,
                                 const AxisRange& y,
                                 bool is_log,
                                 const QRectF& rect)
    : x_(x),
      is_log_(is_log),
      rect_(rect),
      x_scale_(rect.width() / x.size()),
      x_offset_(rect.left() - x.lower * x_scale_),
      y_scale_(-rect.height() / (value(y.upper) - value(y.lower))),
      y_offset_(rect.bottom() - value(y.lower) * y_scale_) {}

DecimationView CurveProjection::view(int columns) const {
  return {x_.lower, x_.upper, std::max(1, columns), is_log_};
}

double CurveProjection::value(double number) const {
  return is_log_ ? std::log2(number) : number;
}

bool clipLine(const QRectF& box, QPointF& from, QPointF& to) {
  const QPointF delta = to - from;
  double begin = 0;
  double end = 1;
  const auto cut = [&](double change, double distance) {
    if (change == 0) {
      return distance >= 0;
    }
    const double at = distance / change;
    (change < 0 ? begin : end) = change < 0 ? std::max(begin, at) : std::min(end, at);
    return begin <= end;
  };
  if (!cut(-delta.x(), from.x() - box.left()) || !cut(delta.x(), box.right() - from.x()) ||
      !cut(-delta.y(), from.y() - box.top()) || !cut(delta.y(), box.bottom() - from.y())) {
    return false;
  }
  const QPointF start = from;
  from = start + begin * delta;
  to = start + end * delta;
  return true;
}

std::vector<QPolygonF> piecesOf(const std::vector<Sample>& line,
                                const CurveProjection& projection,
                                const QRectF& box) {
  std::vector<QPolygonF> pieces;
  bool is_open = false;  // the last piece ends at the sample before
  bool has_before = false;
  QPointF before;
  for (const Sample& sample : line) {
    if (std::isnan(sample.y)) {
      is_open = has_before = false;
      continue;
    }
    const QPointF point = projection.point(sample);
    if (!has_before) {
      if (box.contains(point)) {
        pieces.push_back({point});
        is_open = true;
      }
    } else {
      QPointF from = before;
      QPointF to = point;
      if (!clipLine(box, from, to)) {
        is_open = false;
      } else {
        if (!is_open) {
          pieces.push_back({from});
        }
        pieces.back().append(to);
        is_open = to == point;
      }
    }
    before = point;
    has_before = true;
  }
  return pieces;
}

}  // namespace retort::gui
