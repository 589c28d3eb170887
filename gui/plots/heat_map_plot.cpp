#include "gui/plots/heat_map_plot.h"

#include "gui/plots/color_map.h"
#include "gui/plots/plot_navigator.h"
#include "gui/plots/tick_label.h"

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace retort::gui {

/// Draws an image of one pixel a cell.
class HeatCells final : public QCPAbstractItem {
 public:
  explicit HeatCells(QCustomPlot* canvas) : QCPAbstractItem(canvas) { setSelectable(false); }

  double selectTest(const QPointF&, bool, QVariant*) const override { return -1; }

  QImage image;
  double x_begin = 0;
  double x_end = 1;

 protected:
  void draw(QCPPainter* painter) override {
    if (image.isNull()) {
      return;
    }
    const QCPAxis& x = *mParentPlot->xAxis;
    const QCPAxis& y = *mParentPlot->yAxis;
    // Only the columns in sight: the rest of a map that is zoomed deep into would be miles wide.
    const double width = (x_end - x_begin) / image.width();
    const int first = std::clamp(
        static_cast<int>(std::floor((x.range().lower - x_begin) / width)), 0, image.width());
    const int last = std::clamp(
        static_cast<int>(std::ceil((x.range().upper - x_begin) / width)), first, image.width());
    const QPointF top_left(x.coordToPixel(x_begin + first * width), y.coordToPixel(-0.5));
    const QPointF bottom_right(x.coordToPixel(x_begin + last * width),
                               y.coordToPixel(image.height() - 0.5));
    painter->setRenderHint(QPainter::SmoothPixmapTransform, false);
    painter->drawImage(
        QRectF(top_left, bottom_right), image, QRectF(first, 0, last - first, image.height()));
  }
};

namespace {

constexpr double kLabelShare = 0.25;   // of the width, for the names of rows
constexpr std::size_t kColors = 1025;  // odd: one of them is the middle
constexpr int kMostTicks = 16;
constexpr double kColorBarWidth = 14;
constexpr double kFarRatio = 1e20;  // a logarithmic scale of more decades shows nothing

QCPColorGradient gradientOf(bool is_difference) {
  QCPColorGradient gradient;
  QMap<double, QColor> stops;
  constexpr int kStops = 32;
  for (int i = 0; i <= kStops; ++i) {
    const double share = static_cast<double>(i) / kStops;
    stops.insert(share, QColor(is_difference ? divergingColor(share) : sequentialColor(share)));
  }
  gradient.setColorStops(stops);
  return gradient;
}

}  // namespace

HeatMapPlot::HeatMapPlot(QWidget* parent)
    : PlotWidget(parent),
      cells_(new HeatCells(&canvas())),
      color_scale_(new QCPColorScale(&canvas())),
      navigator_(new PlotNavigator(&canvas())),
      read_out_(canvas()) {
  buildAxes();
  connect(navigator_, &PlotNavigator::resetRequested, this, &HeatMapPlot::resetView);
  connect(navigator_, &PlotNavigator::hovered, this, &HeatMapPlot::hoverAt);
  connect(navigator_, &PlotNavigator::left, this, [this] { read_out_.hide(); });
  const auto range_changed = qOverload<const QCPRange&>(&QCPAxis::rangeChanged);
  for (QCPAxis* axis : {canvas().xAxis, canvas().yAxis}) {
    connect(axis, range_changed, this, [this] { is_following_ = is_following_ && is_assigning_; });
  }
  HeatMapPlot::applyStyle(style());
}

HeatMapPlot::~HeatMapPlot() = default;

void HeatMapPlot::buildAxes() {
  cells_->setLayer(QStringLiteral("main"));
  cells_->setClipToAxisRect(true);
  canvas().xAxis->setTicker(makeTicker(AxisKind::kSteps));
  canvas().yAxis->setRangeReversed(true);
  canvas().xAxis->grid()->setVisible(false);
  canvas().yAxis->grid()->setVisible(false);
  canvas().plotLayout()->addElement(1, 1, color_scale_);
  color_scale_->setType(QCPAxis::atRight);
  color_scale_->setRangeDrag(false);
  color_scale_->setRangeZoom(false);
  color_scale_->axis()->setNumberFormat(QStringLiteral("gb"));
  auto* margins = new QCPMarginGroup(&canvas());
  canvas().axisRect()->setMarginGroup(QCP::msTop | QCP::msBottom, margins);
  color_scale_->setMarginGroup(QCP::msTop | QCP::msBottom, margins);
}

void HeatMapPlot::setMap(HeatMap map, const HeatScale& scale) {
  map_ = std::move(map);
  if (scale_.is_difference != scale.is_difference || colors_.empty()) {
    scale_ = scale;
    fillColors();
  }
  scale_ = scale;
  takeColors();
  scheduleReplot();
}

void HeatMapPlot::setXAxis(const QString& label, AxisKind kind) {
  x_kind_ = kind;
  canvas().xAxis->setTicker(makeTicker(kind));
  canvas().xAxis->setLabel(label);
  replotSoon();
}

QRgb HeatMapPlot::colorOf(const HeatCell& cell) const {
  if (cell.kind == HeatCell::Kind::kNone) {
    return qRgba(0, 0, 0, 0);
  }
  if (cell.kind == HeatCell::Kind::kNotFinite) {
    return kNotFiniteColor;
  }
  const double share = color_span_ > 0 ? (placeOf(cell.value) - color_begin_) / color_span_ : 0.5;
  const auto last = static_cast<double>(colors_.size() - 1);
  return colors_[static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * last + 0.5)];
}

/// On the scale of the colours, which is even.
double HeatMapPlot::placeOf(double value) const {
  return scale_.is_log ? std::log2(std::max(value, color_range_.lower)) : value;
}

/// Colours are looked up: the formulas take longer than all else that is done with a cell.
void HeatMapPlot::fillColors() {
  colors_.resize(kColors);
  for (std::size_t i = 0; i < kColors; ++i) {
    const double share = static_cast<double>(i) / (kColors - 1);
    colors_[i] = scale_.is_difference ? divergingColor(share) : sequentialColor(share);
  }
  color_scale_->setGradient(gradientOf(scale_.is_difference));
}

void HeatMapPlot::takeColors() {
  scale_.is_log = scale_.is_log && !scale_.is_difference;
  const auto found = valueRange(map_, scale_.is_log);
  color_range_ = found.value_or(scale_.is_log ? HeatRange{0.1, 10} : HeatRange{0, 1});
  if (scale_.is_difference) {
    const double most =
        std::max({std::abs(color_range_.lower), std::abs(color_range_.upper), 1e-12});
    color_range_ = {-most, most};
  } else if (scale_.is_log) {
    color_range_.lower = std::max(color_range_.lower, color_range_.upper / kFarRatio);
  }
  color_begin_ = placeOf(color_range_.lower);
  color_span_ = placeOf(color_range_.upper) - color_begin_;
  cells_->image = QImage();
  if (!map_.isEmpty()) {
    cells_->image = QImage(map_.columns, map_.rows(), QImage::Format_ARGB32);
    for (int row = 0; row < map_.rows(); ++row) {
      auto* line = reinterpret_cast<QRgb*>(cells_->image.scanLine(row));
      for (int column = 0; column < map_.columns; ++column) {
        line[column] = colorOf(map_.at(row, column));
      }
    }
  }
  cells_->x_begin = map_.x_begin;
  cells_->x_end = map_.x_end;
  // The scale's own axis: a ratio's logarithms are shown as the ratios.
  const bool is_power = scale_.is_difference && scale_.is_ratio;
  RangeFinder ends(scale_.is_log);
  ends.include(color_range_.lower);
  ends.include(color_range_.upper);
  AxisRange shown = color_range_.lower < color_range_.upper ? ends.exact() : ends.padded();
  if (is_power) {
    shown = {std::pow(10, shown.lower), std::pow(10, shown.upper)};
  }
  const bool is_log_axis = scale_.is_log || is_power;
  color_scale_->setDataScaleType(is_log_axis ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
  color_scale_->axis()->setTicker(makeTicker(is_log_axis ? AxisKind::kLog : AxisKind::kLinear));
  color_scale_->setDataRange(QCPRange(shown.lower, shown.upper));
  color_scale_->setLabel(map_.hasNotFinite() ? tr("%1 (magenta: not finite)").arg(scale_.label)
                                             : scale_.label);
}

std::optional<ReadOutEntry> HeatMapPlot::readOutAt(double x, double y) const {
  const double row = std::floor(y + 0.5);
  const double column = std::floor((x - map_.x_begin) / (map_.x_end - map_.x_begin) * map_.columns);
  if (map_.isEmpty() || !(row >= 0 && row < map_.rows()) ||
      !(column >= 0 && column < map_.columns)) {
    return std::nullopt;
  }
  const HeatCell& cell = map_.at(static_cast<int>(row), static_cast<int>(column));
  ReadOutEntry entry;
  entry.name = QString::fromStdString(map_.labels[static_cast<std::size_t>(row)]);
  entry.color = QColor::fromRgba(colorOf(cell));
  const double width = (map_.x_end - map_.x_begin) / map_.columns;
  entry.x = map_.x_begin + (column + 0.5) * width;
  const bool is_power = scale_.is_difference && scale_.is_ratio;
  entry.y = is_power ? std::pow(10, cell.value) : cell.value;
  if (cell.kind == HeatCell::Kind::kNone) {
    entry.name += tr(": not measured");
    entry.y = std::nan("");
  }
  return entry;
}

void HeatMapPlot::resetView() {
  is_following_ = true;
  replotSoon();
}

void HeatMapPlot::hoverAt(const QPointF& position) {
  const auto entry = readOutAt(canvas().xAxis->pixelToCoord(position.x()),
                               canvas().yAxis->pixelToCoord(position.y()));
  if (!entry) {
    read_out_.hide();
    return;
  }
  const QString heading =
      tr("%1 %2").arg(canvas().xAxis->label(), axisLabel(std::round(entry->x), x_kind_));
  read_out_.show(canvas().xAxis->pixelToCoord(position.x()), heading, {*entry});
}

void HeatMapPlot::applyStyle(const PlotStyle& style) {
  PlotWidget::applyStyle(style);
  read_out_.setStyle(style);
  color_scale_->setBarWidth(static_cast<int>(kColorBarWidth * style.unit));
  QCPAxis& axis = *color_scale_->axis();
  const QPen line(style.foreground, style.unit);
  axis.setBasePen(line);
  axis.setTickPen(line);
  axis.setSubTickPen(line);
  axis.setTickLabelFont(style.font);
  axis.setLabelFont(style.font);
  axis.setTickLabelColor(style.foreground);
  axis.setLabelColor(style.foreground);
  axis.setTickLength(0, static_cast<int>(4 * style.unit));
  axis.setSubTickLength(0, static_cast<int>(2 * style.unit));
  axis.setTickLabelPadding(static_cast<int>(4 * style.unit));
  axis.setLabelPadding(static_cast<int>(4 * style.unit));
}

bool HeatMapPlot::isEmpty() const {
  return std::none_of(map_.cells.begin(), map_.cells.end(), [](const HeatCell& cell) {
    return cell.kind != HeatCell::Kind::kNone;
  });
}

void HeatMapPlot::prepareReplot(int width) {
  color_scale_->setVisible(!isEmpty());
  if (is_following_) {
    is_assigning_ = true;
    canvas().xAxis->setRange(map_.x_begin, map_.x_end);
    canvas().yAxis->setRange(-0.5, std::max(1, map_.rows()) - 0.5);
    is_assigning_ = false;
  }
  labelRows(width);
  const int between = QFontMetrics(style().font).horizontalAdvance(QStringLiteral("00000000"));
  canvas().xAxis->ticker()->setTickCount(
      std::clamp(canvas().axisRect()->width() / between, 2, kMostTicks));
}

/// As many labels as there is room for, none of them wider than a part of the plot.
void HeatMapPlot::labelRows(int width) {
  const QFontMetrics metrics(style().font);
  const double rows_in_sight = canvas().yAxis->range().size();
  const double height = std::max(1, canvas().axisRect()->height());
  const int room = std::max(1, static_cast<int>(height / (metrics.height() * 1.1)));
  const int every = std::max(1, static_cast<int>(std::ceil(rows_in_sight / room)));
  const int room_for_label = static_cast<int>(width * kLabelShare);
  QSharedPointer<QCPAxisTickerText> ticker(new QCPAxisTickerText);
  for (int row = 0; row < map_.rows(); row += every) {
    const QString label = QString::fromStdString(map_.labels[static_cast<std::size_t>(row)]);
    ticker->addTick(row, metrics.elidedText(label, Qt::ElideMiddle, room_for_label));
  }
  canvas().yAxis->setTicker(ticker);
}

}  // namespace retort::gui
