#include "gui/plots/screen_lines.h"

#include "gui/models/column_spans.h"
#include "gui/plots/curve_raster.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace retort::gui {
namespace {

constexpr double kDense = 1.5;      // samples a column; from here on lines would hide each other
constexpr double kFarAway = 64;     // pixels beside the view
constexpr double kEndless = 1e150;  // pixels; what cannot be drawn lands beyond it
constexpr double kNothingLeft = 1e-6;

std::size_t samplesInSight(const SeriesData& data, const DecimationView& view) {
  return data.upperBound(view.x_end) - data.lowerBound(view.x_begin);
}

/// Draws a curve as one upright span for each column.
class SpanDrawer {
 public:
  SpanDrawer(CurveRaster& raster, const ScreenLine& line, const CurveProjection& p, int bar)
      : raster_(raster),
        line_(line),
        projection_(p),
        bar_(bar),
        color_(qPremultiply(line.color.rgba())) {}

  void draw(const ColumnSpans& found, int columns) {
    column_width_ = projection_.rect().width() / columns;
    if (found.spans.empty()) {
      if (found.before && found.after) {
        drawBetween(projection_.point(*found.before), projection_.point(*found.after));
      }
      return;
    }
    const ColumnSpan& first = found.spans.front();
    const ColumnSpan& last = found.spans.back();
    if (found.before) {
      drawBetween(projection_.point(*found.before), {middleOf(first), projection_.y(first.first)});
    }
    is_entered_ = found.before && isDrawable(found.before->y);
    for (const ColumnSpan& span : found.spans) {
      add(span);
    }
    is_alone_ = is_alone_ && !(found.after && isDrawable(found.after->y));
    finish();
    if (found.after) {
      drawBetween({middleOf(last), projection_.y(last.last)}, projection_.point(*found.after));
    }
  }

 private:
  [[nodiscard]] double middleOf(const ColumnSpan& span) const {
    return projection_.rect().left() + (span.column + 0.5) * column_width_;
  }

  void add(const ColumnSpan& span) {
    if (span.isEmpty()) {
      finish();
      return;
    }
    double top = projection_.y(span.highest);
    double bottom = projection_.y(span.lowest);
    const bool is_joined = has_pending_ && !std::isnan(pending_.last) && !std::isnan(span.first);
    bool is_bridged = std::exchange(is_entered_, false);
    if (is_joined && span.column <= pending_.column + 1) {
      is_bridged = true;
      if (span.lowest > pending_.highest || span.highest < pending_.lowest) {
        const double middle = (projection_.y(pending_.last) + projection_.y(span.first)) / 2;
        top = std::min(top, middle);
        bottom = std::max(bottom, middle);
        top_ = std::min(top_, middle);
        bottom_ = std::max(bottom_, middle);
      }
    } else if (is_joined) {
      is_bridged = true;
      drawBetween({middleOf(pending_), projection_.y(pending_.last)},
                  {middleOf(span), projection_.y(span.first)});
    }
    is_alone_ = is_alone_ && !is_bridged;
    finish();
    pending_ = span;
    has_pending_ = true;
    is_alone_ = !is_bridged;
    top_ = top;
    bottom_ = bottom;
  }

  /// Draws the span that waits for its neighbour.
  void finish() {
    if (!has_pending_) {
      return;
    }
    has_pending_ = false;
    const double x = middleOf(pending_);
    if (is_alone_ && pending_.lowest == pending_.highest && line_.dot > 0) {
      raster_.addLine({x, top_}, {x, top_}, line_.dot);
      return;
    }
    fill(static_cast<int>(x - (bar_ - 1) / 2.0), top_, bottom_);
  }

  void fill(int column, double top, double bottom) {
    for (int i = 0; i < bar_; ++i) {
      raster_.fillSpan(column + i, top - line_.width / 2, bottom + line_.width / 2, color_);
    }
  }

  /// A line over the columns between two places, without those of the places themselves.
  void drawBetween(QPointF from, QPointF to) {
    const QRectF box = projection_.rect().adjusted(-kFarAway, -kFarAway, kFarAway, kFarAway);
    const bool is_drawable = std::abs(from.y()) < kEndless && std::abs(to.y()) < kEndless;
    if (!is_drawable || !(from.x() < to.x()) || !clipLine(box, from, to)) {
      return;
    }
    const double rise = (to.y() - from.y()) / std::max(to.x() - from.x(), 1e-9);
    // A shallow line is as thick upright as it is across; a steep one is a span of its own.
    const double extra = line_.width / 2 * (std::sqrt(1 + std::min(rise * rise, 1.0)) - 1);
    const int first = std::max(0, static_cast<int>(std::floor(from.x())) + 1);
    const int last = std::min(raster_.width(), static_cast<int>(std::ceil(to.x())) - 1);
    for (int column = first; column < last; ++column) {
      const double y = from.y() + (column - from.x()) * rise;
      const double top = std::min(y, y + rise) - extra - line_.width / 2;
      const double bottom = std::max(y, y + rise) + extra + line_.width / 2;
      raster_.fillSpan(column, top, bottom, color_);
    }
  }

  CurveRaster& raster_;
  const ScreenLine& line_;
  const CurveProjection& projection_;
  int bar_;
  QRgb color_;
  double column_width_ = 1;
  ColumnSpan pending_;
  bool has_pending_ = false;
  bool is_alone_ = false;
  bool is_entered_ = false;  ///< a line comes in from the left of the view
  double top_ = 0;
  double bottom_ = 0;
};

/// Lengths of strokes and gaps in widths of the line, beyond its round ends.
std::vector<double> dashesOf(Qt::PenStyle pen) {
  switch (pen) {
    case Qt::DashLine:
      return {4, 3};
    case Qt::DotLine:
      return {0.1, 2.5};
    case Qt::DashDotLine:
      return {4, 2.5, 0.1, 2.5};
    case Qt::DashDotDotLine:
      return {4, 2.5, 0.1, 2.5, 0.1, 2.5};
    default:
      return {};
  }
}

class DashedLine {
 public:
  DashedLine(CurveRaster& raster, double width, Qt::PenStyle pen)
      : raster_(raster),
        width_(width),
        dashes_(dashesOf(pen)),
        left_(dashes_.empty() ? 0 : dashes_.front() * width) {}

  void add(const QPointF& from, const QPointF& to) {
    if (dashes_.empty()) {
      raster_.addLine(from, to, width_);
      return;
    }
    const QPointF delta = to - from;
    const double length = std::hypot(delta.x(), delta.y());
    double at = 0;
    while (at < length) {
      const double next = std::min(length, at + left_);
      if (place_ % 2 == 0) {
        raster_.addLine(from + delta * (at / length), from + delta * (next / length), width_);
      }
      left_ -= next - at;
      at = next;
      if (left_ < kNothingLeft) {
        place_ = (place_ + 1) % dashes_.size();
        left_ = dashes_[place_] * width_;
      }
    }
  }

 private:
  CurveRaster& raster_;
  double width_;
  std::vector<double> dashes_;
  std::size_t place_ = 0;
  double left_;  ///< of the dash or gap at `place_`
};

LineMarks drawSmooth(CurveRaster& raster,
                     const ScreenLine& line,
                     const CurveProjection& projection,
                     const DecimationView& view) {
  const QRectF box = projection.rect().adjusted(-kFarAway, -kFarAway, kFarAway, kFarAway);
  DecimatedCurve curve = decimate(line.data, view);
  for (const QPolygonF& piece : piecesOf(curve.line, projection, box)) {
    if (piece.size() == 1 && line.dot > 0) {
      raster.addLine(piece.front(), piece.front(), line.dot);
    }
    DashedLine dashed(raster, line.width, line.pen);
    for (qsizetype i = 1; i < piece.size(); ++i) {
      dashed.add(piece[i - 1], piece[i]);
    }
  }
  return {std::move(curve.nan_x), std::move(curve.above_x), std::move(curve.below_x)};
}

LineMarks drawQuickly(CurveRaster& raster,
                      const ScreenLine& line,
                      const CurveProjection& projection,
                      const DecimationView& view,
                      int bar) {
  const ColumnSpans found = columnSpans(line.data, view);
  SpanDrawer(raster, line, projection, bar).draw(found, view.columns);
  LineMarks marks;
  const double column_width = (view.x_end - view.x_begin) / view.columns;
  for (const ColumnSpan& span : found.spans) {
    const double x = view.x_begin + (span.column + 0.5) * column_width;
    const auto mark = [x](bool is_needed, std::vector<double>& places) {
      if (is_needed) {
        places.push_back(x);
      }
    };
    mark(span.has_nan, marks.nan_x);
    mark(span.has_above, marks.above_x);
    mark(span.has_below, marks.below_x);
  }
  return marks;
}

void drawDots(CurveRaster& raster,
              const ScreenLine& line,
              const CurveProjection& projection,
              const DecimationView& view) {
  const std::size_t end = line.data.upperBound(view.x_end);
  for (std::size_t i = line.data.lowerBound(view.x_begin); i < end; ++i) {
    const Sample& sample = line.data.samples()[i];
    if (isDrawable(sample.y) && (!view.is_log || sample.y > 0)) {
      raster.addLine(projection.point(sample), projection.point(sample), line.dot);
    }
  }
}

}  // namespace

LineMarks drawScreenLine(CurveRaster& raster,
                         const ScreenLine& line,
                         const CurveProjection& projection,
                         int bar,
                         LineCare care) {
  const int columns = std::max(1, static_cast<int>(projection.rect().width() / bar + 0.5));
  const DecimationView view = projection.view(columns);
  const bool is_dense = static_cast<double>(samplesInSight(line.data, view)) > kDense * columns;
  LineMarks marks = care == LineCare::kQuick || is_dense
                        ? drawQuickly(raster, line, projection, view, bar)
                        : drawSmooth(raster, line, projection, view);
  if (line.has_dots) {
    drawDots(raster, line, projection, view);
  }
  raster.paintStroke(line.color);
  return marks;
}

double smoothEffort(const SeriesData& data, const DecimationView& view) {
  return std::min(static_cast<double>(samplesInSight(data, view)), kDense * view.columns);
}

}  // namespace retort::gui
