#include "gui/plots/group_marks.h"

#include "gui/plots/passive_plottable.h"

#include <QPixmap>

#include <cmath>

namespace retort::gui {
namespace {

constexpr double kBarWidth = 0.62;
constexpr double kDotSpread = 0.17;  ///< runs of a group lie this far above and below its middle
constexpr double kDotRadius = 3;
constexpr double kMarkRadius = 4.5;
constexpr double kWhisker = 3.5;  ///< half of the stroke at its ends
constexpr double kLineWidth = 1.5;
constexpr int kBarAlpha = 90;
constexpr int kDotAlpha = 200;  ///< of what fills a dot

QColor withAlpha(QColor color, int alpha) {
  color.setAlpha(alpha);
  return color;
}

/// From -kDotSpread to kDotSpread, so that equal values stay apart.
double offsetOf(std::size_t run, std::size_t count) {
  return count < 2
             ? 0.0
             : kDotSpread * (2.0 * static_cast<double>(run) / static_cast<double>(count - 1) - 1.0);
}

class GroupMarks final : public PassivePlottable {
 public:
  GroupMarks(QCPAxis* rows,
             QCPAxis* values,
             const std::vector<GroupValues>& groups,
             const GroupLook& look)
      : PassivePlottable(rows, values),
        groups_(groups),
        look_(look) {}

 protected:
  void draw(QCPPainter* painter) override {
    for (std::size_t row = 0; row < groups_.size(); ++row) {
      const GroupValues& group = groups_[row];
      if (group.mean) {
        drawMean(*painter, group, static_cast<double>(row));
        drawSpread(*painter, group, static_cast<double>(row));
      }
      drawRuns(*painter, group, static_cast<double>(row));
    }
  }

  void drawLegendIcon(QCPPainter*, const QRectF&) const override {}

 private:
  [[nodiscard]] QPointF placeOf(double row, double value) const {
    return {mValueAxis->coordToPixel(value), mKeyAxis->coordToPixel(row)};
  }

  void drawMean(QCPPainter& painter, const GroupValues& group, double row) const {
    const QColor color = group.color.on(look_.style);
    const double unit = look_.style.unit;
    if (look_.has_bars) {
      painter.setAntialiasing(false);
      painter.setPen(QPen(color, unit));
      painter.setBrush(withAlpha(color, kBarAlpha));
      painter.drawRect(
          QRectF(placeOf(row - kBarWidth / 2, 0), placeOf(row + kBarWidth / 2, *group.mean))
              .normalized());
      return;
    }
    const double radius = kMarkRadius * unit;
    const QPointF at = placeOf(row, *group.mean);
    painter.setAntialiasing(true);
    painter.setPen(QPen(color, kLineWidth * unit));
    painter.setBrush(color);
    painter.drawPolygon(QPolygonF({{at.x() - radius, at.y()},
                                   {at.x(), at.y() - radius},
                                   {at.x() + radius, at.y()},
                                   {at.x(), at.y() + radius}}));
  }

  void drawSpread(QCPPainter& painter, const GroupValues& group, double row) const {
    if (!group.low || !group.high) {
      return;
    }
    const PlotStyle& style = look_.style;
    const QPointF low = placeOf(row, *group.low);
    const QPointF high = placeOf(row, *group.high);
    const QPointF stroke(0, kWhisker * style.unit);
    painter.setAntialiasing(false);
    painter.setPen(
        QPen(look_.has_bars ? style.foreground : group.color.on(style), kLineWidth * style.unit));
    painter.drawLine(QLineF(low, high));
    painter.drawLine(QLineF(low - stroke, low + stroke));
    painter.drawLine(QLineF(high - stroke, high + stroke));
  }

  void drawRuns(QCPPainter& painter, const GroupValues& group, double row) {
    const double radius = kDotRadius * look_.style.unit;
    const QColor color = group.color.on(look_.style);
    prepareDot(painter, color);
    for (std::size_t run = 0; run < group.values.size(); ++run) {
      const QPointF at = placeOf(row + offsetOf(run, group.values.size()), group.values[run]);
      if (look_.style.is_paper) {
        painter.drawEllipse(at, radius, radius);
      } else {
        painter.drawPixmap(at - dot_middle_, dot_);
      }
    }
  }

  /// On a screen a dot is drawn once and copied: there may be ten thousand.
  void prepareDot(QCPPainter& painter, const QColor& color) {
    const PlotStyle& style = look_.style;
    const QPen pen(color, style.unit);
    const QBrush brush(withAlpha(style.background, kDotAlpha));
    if (style.is_paper) {
      painter.setAntialiasing(true);
      painter.setPen(pen);
      painter.setBrush(brush);
      return;
    }
    const double ratio = painter.device()->devicePixelRatioF();
    if (dot_color_ == color && dot_background_ == style.background &&
        dot_.devicePixelRatio() == ratio) {
      return;
    }
    dot_color_ = color;
    dot_background_ = style.background;
    const double side = std::ceil(2 * kDotRadius * style.unit) + 3;
    dot_middle_ = {side / 2, side / 2};
    dot_ = QPixmap(QSize(1, 1) * static_cast<int>(std::ceil(side * ratio)));
    dot_.setDevicePixelRatio(ratio);
    dot_.fill(Qt::transparent);
    QPainter dot_painter(&dot_);
    dot_painter.setRenderHint(QPainter::Antialiasing);
    dot_painter.setPen(pen);
    dot_painter.setBrush(brush);
    dot_painter.drawEllipse(dot_middle_, kDotRadius * style.unit, kDotRadius * style.unit);
  }

  const std::vector<GroupValues>& groups_;
  const GroupLook& look_;
  QPixmap dot_;
  QPointF dot_middle_;
  QColor dot_color_;
  QColor dot_background_;
};

}  // namespace

QCPAbstractPlottable* addGroupMarks(QCPAxis* rows,
                                    QCPAxis* values,
                                    const std::vector<GroupValues>& groups,
                                    const GroupLook& look) {
  return new GroupMarks(rows, values, groups, look);
}

}  // namespace retort::gui
