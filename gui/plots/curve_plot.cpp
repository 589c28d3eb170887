#include "gui/plots/curve_plot.h"

#include "gui/models/decimation.h"
#include "gui/plots/plot_navigator.h"

#include <qcustomplot.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace retort::gui {
namespace {

constexpr double kMarkerRoom = 0.3;  // beside the first and last of whole numbers
constexpr int kMostTicks = 12;
constexpr std::size_t kHeavySamples = 4'000;
constexpr double kLegendShare = 0.5;    // of the width, for one name
constexpr double kLegendHeight = 0.33;  // of the height, for all names
const QString kBandLayer = QStringLiteral("bands");
const QString kRawLayer = QStringLiteral("raw");

}  // namespace

CurvePlot::CurvePlot(QWidget* parent)
    : PlotWidget(parent),
      navigator_(new PlotNavigator(&canvas())),
      read_out_(canvas()),
      reference_line_(new QCPItemStraightLine(&canvas())),
      reference_name_(new QCPItemText(&canvas())) {
  buildItems();
  connectAxes();
  setLogY(false);
  setUp({});
  CurvePlot::applyStyle(style());
}

CurvePlot::~CurvePlot() = default;

void CurvePlot::buildItems() {
  canvas().addLayer(kBandLayer, canvas().layer(QStringLiteral("main")), QCustomPlot::limBelow);
  canvas().addLayer(kRawLayer, canvas().layer(QStringLiteral("main")), QCustomPlot::limBelow);
  canvas().setAutoAddPlottableToLegend(false);
  canvas().xAxis->setNumberFormat(QStringLiteral("gb"));
  canvas().yAxis->setNumberFormat(QStringLiteral("gb"));
  canvas().yAxis->grid()->setSubGridVisible(false);
  reference_name_->position->setTypeX(QCPItemPosition::ptAxisRectRatio);
  reference_name_->position->setTypeY(QCPItemPosition::ptPlotCoords);
  reference_name_->setPositionAlignment(Qt::AlignRight | Qt::AlignBottom);
  reference_line_->setSelectable(false);
  reference_name_->setSelectable(false);
  canvas().legend->setVisible(false);
}

void CurvePlot::connectAxes() {
  connect(navigator_, &PlotNavigator::resetRequested, this, &CurvePlot::resetView);
  connect(navigator_, &PlotNavigator::hovered, this, &CurvePlot::hoverAt);
  connect(navigator_, &PlotNavigator::left, this, [this] {
    showCursor(std::nullopt);
    emit cursorLeft();
  });
  const auto range_changed = qOverload<const QCPRange&>(&QCPAxis::rangeChanged);
  connect(canvas().xAxis, range_changed, this, [this](const QCPRange&) {
    if (!is_assigning_) {
      const AxisRange range = saneRange(xRange(), false);
      setXRange(range);
      emit xRangeChanged(range.lower, range.upper);
    }
  });
  connect(canvas().yAxis, range_changed, this, [this](const QCPRange&) {
    if (!is_assigning_) {
      setYRange(yRange());
    }
  });
}

void CurvePlot::setCurves(std::vector<Curve> curves) {
  dropPlottables();
  curves_ = std::move(curves);
  for (const Curve& curve : curves_) {
    drawn_.push_back(addPlottables(curve));
  }
  showPlottables();
  scheduleReplot();
}

void CurvePlot::dropPlottables() {
  canvas().legend->clearItems();
  canvas().clearPlottables();
  drawn_.clear();
}

CurvePlot::Drawn CurvePlot::addPlottables(const Curve& curve) {
  const auto add = [&](CurvePart part, const QString& layer) {
    QCPAbstractPlottable* plottable =
        addCurvePlottable(canvas().xAxis, canvas().yAxis, curve, part, look_);
    plottable->setLayer(layer);
    return plottable;
  };
  Drawn drawn;
  if (curve.band_lower && curve.band_upper) {
    drawn.band = add(CurvePart::kBand, kBandLayer);
  }
  if (curve.raw) {
    drawn.raw = add(CurvePart::kRaw, kRawLayer);
  }
  drawn.line = add(CurvePart::kLine, QStringLiteral("main"));
  return drawn;
}

void CurvePlot::showPlottables() {
  for (std::size_t i = 0; i < curves_.size(); ++i) {
    const bool is_visible = isCurveVisible(curves_[i].id);
    for (QCPAbstractPlottable* part : {drawn_[i].band, drawn_[i].raw, drawn_[i].line}) {
      if (part != nullptr) {
        part->setVisible(is_visible);
      }
    }
  }
}

void CurvePlot::setCurveVisible(const std::string& id, bool is_visible) {
  if (is_visible) {
    hidden_.erase(id);
  } else {
    hidden_.insert(id);
  }
  showPlottables();
  replotSoon();
}

bool CurvePlot::isCurveVisible(const std::string& id) const {
  return hidden_.find(id) == hidden_.end();
}

void CurvePlot::setUp(const CurvePlotSetup& setup) {
  setup_ = setup;
  look_.has_markers = setup.has_markers;
  canvas().xAxis->setLabel(setup.x_label);
  canvas().yAxis->setLabel(setup.y_label);
  canvas().xAxis->setTicker(makeTicker(setup.x_kind));
  const bool has_reference = setup.reference.has_value();
  reference_line_->setVisible(has_reference);
  reference_name_->setVisible(has_reference && !setup.reference_name.isEmpty());
  reference_name_->setText(setup.reference_name);
  const double y = setup.reference.value_or(0);
  reference_line_->point1->setCoords(0, y);
  reference_line_->point2->setCoords(1, y);
  reference_name_->position->setCoords(0.995, y);
  placeLegend();
  replotSoon();
}

void CurvePlot::setLogY(bool is_log) {
  is_assigning_ = true;
  canvas().yAxis->setScaleType(is_log ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
  canvas().yAxis->setTicker(makeTicker(is_log ? AxisKind::kLog : AxisKind::kLinear));
  is_assigning_ = false;
  is_y_fitting_ = true;
  replotSoon();
}

bool CurvePlot::isLogY() const {
  return canvas().yAxis->scaleType() == QCPAxis::stLogarithmic;
}

void CurvePlot::setFollowing(bool is_following) {
  is_y_fitting_ = is_y_fitting_ || is_following;
  if (is_following_ != is_following) {
    is_following_ = is_following;
    emit followingChanged(is_following);
  }
  replotSoon();
}

void CurvePlot::resetView() {
  is_y_fitting_ = true;
  setFollowing(true);
}

AxisRange CurvePlot::xRange() const {
  return {canvas().xAxis->range().lower, canvas().xAxis->range().upper};
}

AxisRange CurvePlot::yRange() const {
  return {canvas().yAxis->range().lower, canvas().yAxis->range().upper};
}

void CurvePlot::setXRange(const AxisRange& range) {
  assignRanges(saneRange(range, false), yRange());
  if (is_following_) {
    is_following_ = false;
    emit followingChanged(false);
  }
  replotSoon();
}

void CurvePlot::setYRange(const AxisRange& range) {
  is_y_fitting_ = false;
  assignRanges(xRange(), saneRange(range, isLogY()));
  replotSoon();
}

std::optional<double> CurvePlot::nearestX(double x) const {
  std::optional<double> nearest;
  for (const Curve& curve : curves_) {
    if (!isCurveVisible(curve.id)) {
      continue;
    }
    const auto sample = curve.data->nearest(x);
    if (sample && (!nearest || std::abs(sample->x - x) < std::abs(*nearest - x))) {
      nearest = sample->x;
    }
  }
  return nearest;
}

std::vector<ReadOutEntry> CurvePlot::readOutAt(double x) const {
  std::vector<ReadOutEntry> entries;
  const auto snapped = nearestX(x);
  if (!snapped) {
    return entries;
  }
  for (const Curve& curve : curves_) {
    if (!isCurveVisible(curve.id) || curve.data->isEmpty() ||
        *snapped < curve.data->samples().front().x || *snapped > curve.data->samples().back().x) {
      continue;
    }
    const Sample sample = *curve.data->nearest(*snapped);
    entries.push_back({curve.name, curve.color.on(style()), sample.x, sample.y});
  }
  std::stable_sort(entries.begin(), entries.end(), [](const auto& left, const auto& right) {
    return left.y > right.y || (!std::isnan(left.y) && std::isnan(right.y));
  });
  return entries;
}

void CurvePlot::setLinked(const std::vector<CurvePlot*>& plots) {
  linked_.assign(plots.begin(), plots.end());
}

void CurvePlot::showCursor(std::optional<double> x) {
  if (x) {
    read_out_.showLine(*x);
  } else {
    read_out_.hide();
  }
}

void CurvePlot::hoverAt(const QPointF& position) {
  const auto x = nearestX(canvas().xAxis->pixelToCoord(position.x()));
  if (!x) {
    return;
  }
  const QString name = setup_.x_label.isEmpty() ? tr("x") : setup_.x_label;
  read_out_.show(
      *x, QStringLiteral("%1 %2").arg(name, QString::number(*x, 'g', 12)), readOutAt(*x));
  emit cursorMoved(*x);
}

void CurvePlot::applyStyle(const PlotStyle& style) {
  PlotWidget::applyStyle(style);
  look_.style = style;
  read_out_.setStyle(style);
  QPen pen(style.muted, style.unit, Qt::DashLine);
  reference_line_->setPen(pen);
  reference_name_->setFont(style.font);
  reference_name_->setColor(style.muted);
  placeLegend();
}

bool CurvePlot::isEmpty() const {
  return std::none_of(curves_.begin(), curves_.end(), [this](const Curve& curve) {
    return isCurveVisible(curve.id) && !curve.data->isEmpty();
  });
}

void CurvePlot::prepareReplot(int width) {
  fitRanges();
  fitLabels();
  look_.is_fast = isHeavy();
  if (canvas().legend->visible()) {
    fillLegend(width);
  }
}

void CurvePlot::fitRanges() {
  if (is_following_) {
    assignRanges(fullXRange(), yRange());
  }
  if (is_y_fitting_) {
    assignRanges(xRange(), fittingYRange());
  }
}

void CurvePlot::includeX(RangeFinder& finder) const {
  for (const Curve& curve : curves_) {
    if (isCurveVisible(curve.id) && !curve.data->isEmpty()) {
      finder.include(curve.data->samples().front().x);
      finder.include(curve.data->samples().back().x);
    }
  }
}

AxisRange CurvePlot::fullXRange() const {
  RangeFinder finder(false);
  includeX(finder);
  for (const auto& plot : linked_) {
    if (plot && !plot->isHidden()) {
      plot->includeX(finder);
    }
  }
  AxisRange range = finder.isEmpty() ? AxisRange{0, 1} : finder.exact();
  if (setup_.has_markers && !finder.isEmpty()) {
    range = {range.lower - kMarkerRoom, range.upper + kMarkerRoom};
  } else if (range.size() <= 0) {
    range = {range.lower - 1, range.upper + 1};
  }
  return saneRange(range, false);
}

AxisRange CurvePlot::fittingYRange() const {
  RangeFinder finder(isLogY());
  for (const Curve& curve : curves_) {
    if (!isCurveVisible(curve.id)) {
      continue;
    }
    for (const SeriesData* series :
         {curve.data.get(), curve.raw.get(), curve.band_lower.get(), curve.band_upper.get()}) {
      if (series != nullptr) {
        finder.includeValues(*series, xRange());
      }
    }
  }
  if (setup_.reference && !isEmpty()) {
    finder.include(*setup_.reference);
  }
  return finder.padded();
}

/// Lines of many samples are drawn thin and with hard edges, which is many times as fast.
bool CurvePlot::isHeavy() const {
  const std::size_t most = 4 * static_cast<std::size_t>(std::max(1, canvas().axisRect()->width()));
  const AxisRange x = xRange();
  std::size_t drawn = 0;
  for (const Curve& curve : curves_) {
    if (isCurveVisible(curve.id)) {
      const auto inside = curve.data->upperBound(x.upper) - curve.data->lowerBound(x.lower);
      drawn += std::min(inside, most);
      drawn += curve.raw ? std::min(inside, most) : 0;
    }
  }
  return drawn > kHeavySamples;
}

void CurvePlot::assignRanges(const AxisRange& x, const AxisRange& y) {
  is_assigning_ = true;
  canvas().xAxis->setRange(x.lower, x.upper);
  canvas().yAxis->setRange(y.lower, y.upper);
  is_assigning_ = false;
}

void CurvePlot::placeLegend() {
  QCPLegend* legend = canvas().legend;
  const bool is_shown = setup_.has_legend || look_.style.is_paper;
  const double unit = look_.style.unit;
  legend->setFont(look_.style.font);
  legend->setTextColor(look_.style.foreground);
  legend->setBrush(Qt::NoBrush);
  legend->setBorderPen(Qt::NoPen);
  legend->setIconSize(static_cast<int>(22 * unit), static_cast<int>(10 * unit));
  legend->setIconTextPadding(static_cast<int>(5 * unit));
  legend->setColumnSpacing(static_cast<int>(14 * unit));
  legend->setRowSpacing(static_cast<int>(unit));
  legend->setMargins(QMargins(
      static_cast<int>(10 * unit), 0, static_cast<int>(10 * unit), static_cast<int>(4 * unit)));
  if (is_shown == legend->visible()) {
    return;
  }
  legend->setVisible(is_shown);
  if (is_shown) {
    canvas().plotLayout()->addElement(canvas().plotLayout()->rowCount(), 0, legend);
    canvas().plotLayout()->setRowStretchFactor(canvas().plotLayout()->rowCount() - 1, 0.001);
  } else {
    canvas().axisRect()->insetLayout()->addElement(legend, Qt::AlignRight | Qt::AlignTop);
    canvas().plotLayout()->simplify();
  }
}

/// As many ticks as there is room for; and the canvas would let a long label run out of the plot.
void CurvePlot::fitLabels() {
  const QFontMetrics metrics(look_.style.font);
  const int room = std::max(drawnHeight() - 4 * metrics.height(), metrics.height());
  canvas().yAxis->setLabel(metrics.elidedText(setup_.y_label, Qt::ElideRight, room));
  const int between = metrics.horizontalAdvance(QStringLiteral("00000000"));
  canvas().yAxis->ticker()->setTickCount(std::clamp(room / (3 * metrics.height()), 2, kMostTicks));
  canvas().xAxis->ticker()->setTickCount(
      std::clamp(canvas().axisRect()->width() / (2 * between), 2, kMostTicks));
}

/// As many names as fit into a part of the height; the rest as "7 more".
void CurvePlot::fillLegend(int width) {
  QCPLegend* legend = canvas().legend;
  legend->clearItems();
  const QFontMetrics metrics(look_.style.font);
  const int icon = static_cast<int>(45 * look_.style.unit);
  const int most = static_cast<int>(width * kLegendShare) - icon;
  std::vector<QCPAbstractPlottable*> shown;
  int widest = 1;
  for (std::size_t i = 0; i < curves_.size(); ++i) {
    if (isCurveVisible(curves_[i].id)) {
      const QString name = metrics.elidedText(curves_[i].name, Qt::ElideMiddle, most);
      drawn_[i].line->setName(name);
      shown.push_back(drawn_[i].line);
      widest = std::max(widest, metrics.horizontalAdvance(name));
    }
  }
  const int columns = std::max(1, width / (widest + icon));
  const int rows = std::max(1, static_cast<int>(drawnHeight() * kLegendHeight) / metrics.height());
  const auto room = static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows);
  if (shown.size() > room) {
    shown[room - 1]->setName(tr("%1 more").arg(shown.size() - room + 1));
    shown.resize(room);
  }
  for (QCPAbstractPlottable* plottable : shown) {
    legend->addItem(new QCPPlottableLegendItem(legend, plottable));
  }
  legend->setFillOrder(QCPLayoutGrid::foColumnsFirst, false);
  legend->setWrap(columns);
  legend->setFillOrder(QCPLayoutGrid::foColumnsFirst, true);
}

}  // namespace retort::gui
