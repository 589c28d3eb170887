#include "gui/plots/curve_plottable.h"

#include "gui/plots/curve_projection.h"
#include "gui/plots/curve_raster.h"
#include "gui/plots/passive_plottable.h"
#include "gui/plots/screen_lines.h"

#include <algorithm>
#include <cmath>

namespace retort::gui {
namespace {

constexpr double kLineWidth = 1.5;
constexpr double kRawWidth = 1;
constexpr double kDotRadius = 2.2;
constexpr double kDotSpacing = 14;    // pixels; closer samples get no dots
constexpr double kMarkerSize = 4;     // half of it, in pixels
constexpr double kMarkerSpacing = 6;  // pixels
constexpr int kRawAlpha = 80;
constexpr int kBandAlpha = 45;
constexpr int kFinerOnPaper = 2;       // columns a pixel of 1/96 inch
constexpr double kMostSmooth = 8'000;  // lines between samples that take a few milliseconds

class CurvePlottable final : public PassivePlottable {
 public:
  CurvePlottable(QCPAxis* x_axis, QCPAxis* y_axis, const CurveSet& curves, const CurveLook& look)
      : PassivePlottable(x_axis, y_axis),
        curves_(curves),
        look_(look) {}

 protected:
  void draw(QCPPainter* painter) override {
    const QRectF rect = mKeyAxis->axisRect()->rect();
    if (rect.width() < 1 || rect.height() < 1) {
      return;
    }
    const CurveProjection projection = projectionOnto(rect);
    const std::vector<const Curve*> visible = curves_.visible();
    for (const Curve* curve : visible) {
      if (curve->band_lower && curve->band_upper) {
        drawBand(*painter, *curve, projection);
      }
    }
    if (look_.style.is_paper) {
      drawOnPaper(*painter, visible, projection);
    } else {
      drawOnScreen(*painter, visible, projection);
    }
  }

  void drawLegendIcon(QCPPainter*, const QRectF&) const override {}

 private:
  [[nodiscard]] CurveProjection projectionOnto(const QRectF& rect) const {
    const QCPRange x = mKeyAxis->range();
    const QCPRange y = mValueAxis->range();
    const bool is_log = mValueAxis->scaleType() == QCPAxis::stLogarithmic;
    return {{x.lower, x.upper}, {y.lower, y.upper}, is_log, rect};
  }

  [[nodiscard]] QColor rawColor(const Curve& curve) const {
    QColor color = curve.color.on(look_.style);
    color.setAlpha(kRawAlpha);
    return color;
  }

  [[nodiscard]] bool hasDots(const SeriesData& data, const CurveProjection& projection) const {
    const double room = projection.rect().width() / (kDotSpacing * look_.style.unit);
    const DecimationView view = projection.view(1);
    const std::size_t inside = data.upperBound(view.x_end) - data.lowerBound(view.x_begin);
    return look_.has_markers || static_cast<double>(inside) <= room;
  }

  void drawOnScreen(QCPPainter& painter,
                    const std::vector<const Curve*>& visible,
                    const CurveProjection& projection) {
    const double ratio = painter.device()->devicePixelRatioF();
    const QRectF rect = projection.rect();
    const QPoint origin(static_cast<int>(std::floor(rect.left() * ratio)),
                        static_cast<int>(std::floor(rect.top() * ratio)));
    const QRectF pixels(rect.left() * ratio - origin.x(),
                        rect.top() * ratio - origin.y(),
                        rect.width() * ratio,
                        rect.height() * ratio);
    raster_.begin(static_cast<int>(std::ceil(pixels.right())),
                  static_cast<int>(std::ceil(pixels.bottom())),
                  ratio);
    const CurveProjection onto_pixels = projectionOnto(pixels);
    const int bar = std::max(1, static_cast<int>(std::lround(ratio)));
    const LineCare care =
        careFor(visible, onto_pixels.view(static_cast<int>(pixels.width()) / bar));
    std::vector<LineMarks> marks;
    for (const Curve* curve : visible) {
      if (curve->raw) {
        const ScreenLine line{*curve->raw, rawColor(*curve), kRawWidth * ratio};
        drawScreenLine(raster_, line, onto_pixels, bar, care);
      }
    }
    for (const Curve* curve : visible) {
      const ScreenLine line{*curve->data,
                            curve->color.on(look_.style),
                            kLineWidth * ratio,
                            curve->pen,
                            2 * kDotRadius * ratio,
                            hasDots(*curve->data, projection)};
      marks.push_back(drawScreenLine(raster_, line, onto_pixels, bar, care));
    }
    if (const QRect painted = raster_.paintedRect(); !painted.isEmpty()) {
      painter.drawImage(
          QPointF(origin + painted.topLeft()) / ratio, raster_.image(), QRectF(painted));
    }
    for (std::size_t i = 0; i < visible.size(); ++i) {
      drawMarks(painter, *visible[i], projection, marks[i]);
    }
  }

  [[nodiscard]] static LineCare careFor(const std::vector<const Curve*>& visible,
                                        const DecimationView& view) {
    double effort = 0;
    for (const Curve* curve : visible) {
      effort += smoothEffort(*curve->data, view);
      effort += curve->raw ? smoothEffort(*curve->raw, view) : 0;
    }
    return effort > kMostSmooth ? LineCare::kQuick : LineCare::kSmooth;
  }

  void drawOnPaper(QCPPainter& painter,
                   const std::vector<const Curve*>& visible,
                   const CurveProjection& projection) const {
    const double unit = look_.style.unit;
    const auto penFor = [unit](const QColor& color, double width, Qt::PenStyle style) {
      return QPen(color, width * unit, style, Qt::RoundCap, Qt::RoundJoin);
    };
    painter.setAntialiasing(true);
    painter.setBrush(Qt::NoBrush);
    for (const Curve* curve : visible) {
      if (curve->raw) {
        painter.setPen(penFor(rawColor(*curve), kRawWidth, Qt::SolidLine));
        drawPolylines(painter, *curve->raw, projection);
      }
    }
    for (const Curve* curve : visible) {
      painter.setPen(penFor(curve->color.on(look_.style), kLineWidth, curve->pen));
      const DecimatedCurve drawn = drawPolylines(painter, *curve->data, projection);
      drawDots(painter, *curve, projection, drawn);
      drawMarks(painter, *curve, projection, {drawn.nan_x, drawn.above_x, drawn.below_x});
    }
  }

  [[nodiscard]] QRectF boxAround(const QRectF& rect) const {
    const double margin = 20 * look_.style.unit;
    return rect.adjusted(-margin, -margin, margin, margin);
  }

  [[nodiscard]] DecimationView paperView(const CurveProjection& projection) const {
    return projection.view(
        static_cast<int>(projection.rect().width() / look_.style.unit * kFinerOnPaper));
  }

  DecimatedCurve drawPolylines(QCPPainter& painter,
                               const SeriesData& data,
                               const CurveProjection& projection) const {
    DecimatedCurve drawn = decimate(data, paperView(projection));
    for (const QPolygonF& piece : piecesOf(drawn.line, projection, boxAround(projection.rect()))) {
      if (piece.size() > 1) {
        painter.drawPolyline(piece);
      }
    }
    return drawn;
  }

  /// At every sample where there is room, and always where one stands alone.
  void drawDots(QCPPainter& painter,
                const Curve& curve,
                const CurveProjection& projection,
                const DecimatedCurve& drawn) const {
    const QRectF box = boxAround(projection.rect());
    const bool has_all = hasDots(*curve.data, projection);
    std::vector<QPointF> dots;
    for (const QPolygonF& piece : piecesOf(drawn.line, projection, box)) {
      if (has_all) {
        std::copy_if(piece.begin(), piece.end(), std::back_inserter(dots), [&](const QPointF& at) {
          return projection.rect().contains(at);
        });
      } else if (piece.size() == 1) {
        dots.push_back(piece.front());
      }
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(curve.color.on(look_.style));
    const double radius = kDotRadius * look_.style.unit;
    for (const QPointF& dot : dots) {
      painter.drawEllipse(dot, radius, radius);
    }
    painter.setBrush(Qt::NoBrush);
  }

  void drawMarks(QCPPainter& painter,
                 const Curve& curve,
                 const CurveProjection& projection,
                 const LineMarks& marks) const {
    const double unit = look_.style.unit;
    const double size = kMarkerSize * unit;
    const QRectF rect = projection.rect();
    const QColor color = curve.color.on(look_.style);
    painter.setAntialiasing(true);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    forEachMark(projection, marks.above_x, [&](double x) {
      const double y = rect.top() + 1;
      painter.drawPolygon(QPolygonF({{x, y}, {x - size, y + 2 * size}, {x + size, y + 2 * size}}));
    });
    forEachMark(projection, marks.below_x, [&](double x) {
      const double y = rect.bottom() - 2;
      painter.drawPolygon(QPolygonF({{x, y}, {x - size, y - 2 * size}, {x + size, y - 2 * size}}));
    });
    painter.setPen(QPen(color, kLineWidth * unit, Qt::SolidLine, Qt::RoundCap));
    painter.setBrush(Qt::NoBrush);
    forEachMark(projection, marks.nan_x, [&](double x) {
      const double y = rect.bottom() - size - 3 * unit;
      painter.drawLine(QLineF(x - size, y - size, x + size, y + size));
      painter.drawLine(QLineF(x - size, y + size, x + size, y - size));
    });
  }

  /// Of those that would overlap only the first.
  template <class Draw>
  void forEachMark(const CurveProjection& projection,
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

  void drawBand(QCPPainter& painter, const Curve& curve, const CurveProjection& projection) const {
    const DecimationView view = look_.style.is_paper
                                    ? paperView(projection)
                                    : projection.view(static_cast<int>(projection.rect().width()));
    const auto lower = decimate(*curve.band_lower, view).line;
    const auto upper = decimate(*curve.band_upper, view).line;
    const QRectF box = boxAround(projection.rect());
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
    QColor color = curve.color.on(look_.style);
    color.setAlpha(kBandAlpha);
    painter.setAntialiasing(true);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawPolygon(outline);
  }

  const CurveSet& curves_;
  const CurveLook& look_;
  CurveRaster raster_;
};

}  // namespace

QCPAbstractPlottable* addCurvePlottable(QCPAxis* x_axis,
                                        QCPAxis* y_axis,
                                        const CurveSet& curves,
                                        const CurveLook& look) {
  return new CurvePlottable(x_axis, y_axis, curves, look);
}

}  // namespace retort::gui
