#include "gui/plots/curve_plottable.h"

#include "gui/models/decimation.h"

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

namespace retort::gui {
namespace {

constexpr double kLineWidth = 1.5;
constexpr double kDotRadius = 2.2;
constexpr double kDotSpacing = 14;    // pixels; closer samples get no dots
constexpr double kMarkerSize = 4;     // half of it, in pixels
constexpr double kMarkerSpacing = 6;  // pixels
constexpr int kRawAlpha = 80;
constexpr int kBandAlpha = 45;
constexpr qsizetype kPartLength = 16;
constexpr int kFinerOnPaper = 2;  // columns a pixel of 1/96 inch

/// Between numbers and canvas units.
class Projection {
 public:
  Projection(const QCPAxis& x_axis, const QCPAxis& y_axis) : x_axis_(x_axis), y_axis_(y_axis) {
    is_log_ = y_axis.scaleType() == QCPAxis::stLogarithmic;
    const QCPRange x = x_axis.range();
    x_scale_ = x_axis.axisRect()->width() / x.size();
    x_offset_ = x_axis.axisRect()->left() - x.lower * x_scale_;
    const QCPRange y = y_axis.range();
    const double lower = value(y.lower);
    y_scale_ = -y_axis.axisRect()->height() / (value(y.upper) - lower);
    y_offset_ = y_axis.axisRect()->bottom() + 1 - lower * y_scale_;
  }

  [[nodiscard]] bool isLog() const { return is_log_; }

  [[nodiscard]] double x(double number) const { return number * x_scale_ + x_offset_; }

  [[nodiscard]] QPointF point(const Sample& sample) const {
    return {x(sample.x), value(sample.y) * y_scale_ + y_offset_};
  }

  [[nodiscard]] DecimationView view(int columns) const {
    return {x_axis_.range().lower, x_axis_.range().upper, std::max(1, columns), is_log_};
  }

 private:
  [[nodiscard]] double value(double number) const { return is_log_ ? std::log10(number) : number; }

  const QCPAxis& x_axis_;
  const QCPAxis& y_axis_;
  bool is_log_ = false;
  double x_scale_ = 1;
  double x_offset_ = 0;
  double y_scale_ = 1;
  double y_offset_ = 0;
};

/// Cuts the line from `from` to `to` down to `box`; false when nothing of it is inside. Painters
/// do not like coordinates in the millions.
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

/// The visible pieces of a line; each has at least one point.
std::vector<QPolygonF> piecesOf(const std::vector<Sample>& line,
                                const Projection& projection,
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

class CurvePlottable final : public QCPAbstractPlottable {
 public:
  CurvePlottable(
      QCPAxis* x_axis, QCPAxis* y_axis, const Curve& curve, CurvePart part, const CurveLook& look)
      : QCPAbstractPlottable(x_axis, y_axis),
        curve_(curve),
        part_(part),
        look_(look) {
    setSelectable(QCP::stNone);
  }

  double selectTest(const QPointF&, bool, QVariant*) const override { return -1; }

  QCPRange getKeyRange(bool& found, QCP::SignDomain) const override {
    found = false;
    return {};
  }

  QCPRange getValueRange(bool& found, QCP::SignDomain, const QCPRange&) const override {
    found = false;
    return {};
  }

 protected:
  void draw(QCPPainter* painter) override {
    const QCPAxisRect& rect = *mKeyAxis->axisRect();
    if (rect.width() < 1 || rect.height() < 1) {
      return;
    }
    const Projection projection(*mKeyAxis, *mValueAxis);
    const double margin = 20 * look_.style.unit;
    const QRectF box = QRectF(rect.rect()).adjusted(-margin, -margin, margin, margin);
    if (part_ == CurvePart::kBand) {
      drawBand(*painter, projection, box);
    } else if (part_ == CurvePart::kRaw) {
      drawLine(*painter, projection, box, *curve_.raw);
    } else {
      drawLine(*painter, projection, box, *curve_.data);
    }
  }

  void drawLegendIcon(QCPPainter* painter, const QRectF& rect) const override {
    painter->setAntialiasing(true);
    painter->setPen(penFor(kLineWidth + 0.5));
    painter->drawLine(
        QLineF(QPointF(rect.left(), rect.center().y()), QPointF(rect.right(), rect.center().y())));
  }

 private:
  QPen penFor(double width) const {
    QColor color = curve_.color.on(look_.style);
    if (part_ == CurvePart::kRaw) {
      color.setAlpha(kRawAlpha);
    }
    // Dashes along noise would only look like more noise.
    const Qt::PenStyle style = part_ == CurvePart::kRaw ? Qt::SolidLine : curve_.pen;
    return {color, width * look_.style.unit, style, Qt::RoundCap, Qt::RoundJoin};
  }

  int columns() const {
    const double width = mKeyAxis->axisRect()->width() / look_.style.unit;
    return static_cast<int>(width) * (look_.style.is_paper ? kFinerOnPaper : 1);
  }

  void drawLine(QCPPainter& painter,
                const Projection& projection,
                const QRectF& box,
                const SeriesData& data) const {
    const DecimatedCurve curve = decimate(data, projection.view(columns()));
    const bool is_fast = look_.is_fast && !look_.style.is_paper;
    painter.setAntialiasing(!is_fast);
    const bool is_thin = is_fast || part_ == CurvePart::kRaw;
    painter.setPen(is_fast ? QPen(penFor(1).color(), 0, penFor(1).style())
                           : penFor(is_thin ? 1 : kLineWidth));
    painter.setBrush(Qt::NoBrush);
    std::vector<QPointF> dots;
    const std::vector<QPolygonF> pieces = piecesOf(curve.line, projection, box);
    if (is_fast) {
      drawFast(painter, pieces);
    }
    for (const QPolygonF& piece : pieces) {
      if (piece.size() > 1 && !is_fast) {
        drawInParts(painter, piece);
      }
      if (piece.size() == 1 && part_ == CurvePart::kLine) {
        dots.push_back(piece.front());
      }
    }
    if (part_ != CurvePart::kLine) {
      return;
    }
    addDots(dots, curve.line, projection, box);
    drawDots(painter, dots);
    drawMarkers(painter, projection, curve);
  }

  /// The painter takes seconds for the outline of a long noisy line, which crosses itself
  /// everywhere; short parts of it are no trouble. Dashes need the whole line.
  void drawInParts(QCPPainter& painter, const QPolygonF& piece) const {
    if (painter.pen().style() != Qt::SolidLine || look_.style.is_paper) {
      painter.drawPolyline(piece);
      return;
    }
    for (qsizetype first = 0; first + 1 < piece.size(); first += kPartLength) {
      const qsizetype count = std::min(kPartLength + 1, piece.size() - first);
      painter.drawPolyline(piece.constData() + first, static_cast<int>(count));
    }
  }

  /// Dense lines as one upright bar for each pixel column, many times as fast as lines; what spans
  /// more than a column as a thin line.
  void drawFast(QCPPainter& painter, const std::vector<QPolygonF>& pieces) const {
    QVector<QRect> bars;
    QVector<QLineF> lines;
    for (const QPolygonF& piece : pieces) {
      addBars(piece, bars, lines);
    }
    const QColor color = painter.pen().color();
    painter.setPen(QPen(color, 0));
    painter.drawLines(lines);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawRects(bars);
    painter.setBrush(Qt::NoBrush);
  }

  static void addBars(const QPolygonF& piece, QVector<QRect>& bars, QVector<QLineF>& lines) {
    QPointF before = piece.front();
    int column = static_cast<int>(std::floor(before.x()));
    double top = before.y();
    double bottom = before.y();
    const auto finish = [&] {
      const int from = static_cast<int>(std::floor(top));
      bars.append(QRect(column, from, 1, static_cast<int>(std::floor(bottom)) - from + 1));
    };
    const auto extendTo = [&](double y) {
      top = std::min(top, y);
      bottom = std::max(bottom, y);
    };
    for (const QPointF& point : piece) {
      const int next = static_cast<int>(std::floor(point.x()));
      if (next > column) {
        const bool is_beside = next == column + 1;
        const double middle = (before.y() + point.y()) / 2;
        if (is_beside) {
          extendTo(middle);
        } else {
          lines.append(QLineF(before, point));
        }
        finish();
        column = next;
        top = bottom = is_beside ? middle : point.y();
      }
      extendTo(point.y());
      before = point;
    }
    finish();
  }

  void addDots(std::vector<QPointF>& dots,
               const std::vector<Sample>& line,
               const Projection& projection,
               const QRectF& box) const {
    const double room = mKeyAxis->axisRect()->width() / (kDotSpacing * look_.style.unit);
    if (!look_.has_markers && static_cast<double>(line.size()) > room) {
      return;
    }
    for (const Sample& sample : line) {
      if (!std::isnan(sample.y) && box.contains(projection.point(sample))) {
        dots.push_back(projection.point(sample));
      }
    }
  }

  void drawDots(QCPPainter& painter, const std::vector<QPointF>& dots) const {
    painter.setPen(Qt::NoPen);
    painter.setBrush(penFor(1).color());
    painter.setAntialiasing(true);
    const double radius = kDotRadius * look_.style.unit;
    for (const QPointF& dot : dots) {
      painter.drawEllipse(dot, radius, radius);
    }
  }

  void drawMarkers(QCPPainter& painter,
                   const Projection& projection,
                   const DecimatedCurve& curve) const {
    const double size = kMarkerSize * look_.style.unit;
    const QRectF rect = mKeyAxis->axisRect()->rect();
    painter.setAntialiasing(true);
    painter.setPen(Qt::NoPen);
    painter.setBrush(penFor(1).color());
    forEachMarker(projection, curve.above_x, [&](double x) {
      const double y = rect.top() + 1;
      painter.drawPolygon(QPolygonF({{x, y}, {x - size, y + 2 * size}, {x + size, y + 2 * size}}));
    });
    forEachMarker(projection, curve.below_x, [&](double x) {
      const double y = rect.bottom() - 1;
      painter.drawPolygon(QPolygonF({{x, y}, {x - size, y - 2 * size}, {x + size, y - 2 * size}}));
    });
    QPen pen = penFor(kLineWidth);
    pen.setStyle(Qt::SolidLine);
    painter.setPen(pen);
    forEachMarker(projection, curve.nan_x, [&](double x) {
      const double y = rect.bottom() - size - 2 * look_.style.unit;
      painter.drawLine(QLineF(x - size, y - size, x + size, y + size));
      painter.drawLine(QLineF(x - size, y + size, x + size, y - size));
    });
  }

  /// Of those that would overlap only the first.
  template <class Draw>
  void forEachMarker(const Projection& projection,
                     const std::vector<double>& places,
                     const Draw& draw) const {
    double free_from = -std::numeric_limits<double>::infinity();
    for (const double place : places) {
      const double x = projection.x(place);
      if (x >= free_from) {
        draw(x);
        free_from = x + kMarkerSpacing * look_.style.unit;
      }
    }
  }

  void drawBand(QCPPainter& painter, const Projection& projection, const QRectF& box) const {
    const auto lower = decimate(*curve_.band_lower, projection.view(columns())).line;
    const auto upper = decimate(*curve_.band_upper, projection.view(columns())).line;
    QPolygonF outline;
    const auto add = [&](const Sample& sample) {
      if (!std::isnan(sample.y)) {
        const QPointF point = projection.point(sample);
        outline.append({std::clamp(point.x(), box.left(), box.right()),
                        std::clamp(point.y(), box.top(), box.bottom())});
      }
    };
    std::for_each(upper.begin(), upper.end(), add);
    std::for_each(lower.rbegin(), lower.rend(), add);
    QColor color = curve_.color.on(look_.style);
    color.setAlpha(kBandAlpha);
    painter.setAntialiasing(true);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawPolygon(outline);
  }

  Curve curve_;
  CurvePart part_;
  const CurveLook& look_;
};

}  // namespace

QCPAbstractPlottable* addCurvePlottable(
    QCPAxis* x_axis, QCPAxis* y_axis, const Curve& curve, CurvePart part, const CurveLook& look) {
  auto* plottable = new CurvePlottable(x_axis, y_axis, curve, part, look);
  plottable->setName(curve.name);
  return plottable;
}

}  // namespace retort::gui
