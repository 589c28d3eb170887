#include "gui/plots/curve_plot.h"

#include "gui/plots/plot_navigator.h"

#include <qcustomplot.h>

#include <algorithm>
#include <utility>

namespace retort::gui {
namespace {

constexpr int kMostTicks = 12;
constexpr int kMostXTicks = 16;

}  // namespace

CurvePlot::CurvePlot(QWidget* parent)
    : PlotWidget(parent),
      view_(new CurveView(this, canvas(), curves_)),
      legend_(canvas()),
      navigator_(new PlotNavigator(&canvas())),
      read_out_(canvas()),
      reference_line_(new QCPItemStraightLine(&canvas())),
      reference_name_(new QCPItemText(&canvas())) {
  buildItems();
  connect(view_, &CurveView::changed, this, &CurvePlot::replotSoon);
  connect(navigator_, &PlotNavigator::resetRequested, view_, &CurveView::reset);
  connect(navigator_, &PlotNavigator::hovered, this, &CurvePlot::hoverAt);
  connect(navigator_, &PlotNavigator::left, this, [this] {
    showCursor(std::nullopt);
    emit cursorLeft();
  });
  setUp({});
  CurvePlot::applyStyle(style());
}

CurvePlot::~CurvePlot() = default;

void CurvePlot::buildItems() {
  canvas().xAxis->setNumberFormat(QStringLiteral("gb"));
  canvas().yAxis->setNumberFormat(QStringLiteral("gb"));
  canvas().yAxis->grid()->setSubGridVisible(false);
  addCurvePlottable(canvas().xAxis, canvas().yAxis, curves_, look_);
  reference_name_->position->setTypeX(QCPItemPosition::ptAxisRectRatio);
  reference_name_->position->setTypeY(QCPItemPosition::ptPlotCoords);
  reference_name_->setPositionAlignment(Qt::AlignRight | Qt::AlignBottom);
  reference_line_->setSelectable(false);
  reference_name_->setSelectable(false);
}

void CurvePlot::setCurves(std::vector<Curve> curves) {
  curves_.assign(std::move(curves));
  scheduleReplot();
}

void CurvePlot::setCurveVisible(const std::string& id, bool is_visible) {
  curves_.setVisible(id, is_visible);
  replotSoon();
}

bool CurvePlot::isCurveVisible(const std::string& id) const {
  return curves_.isVisible(id);
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
  legend_.setShown(setup_.has_legend || look_.style.is_paper);
  replotSoon();
}

std::vector<ReadOutEntry> CurvePlot::readOutAt(double x) const {
  return curves_.readOutAt(x, style());
}

void CurvePlot::showCursor(std::optional<double> x) {
  if (x) {
    read_out_.showLine(*x);
  } else {
    read_out_.hide();
  }
}

void CurvePlot::hoverAt(const QPointF& position) {
  const auto x = curves_.nearestX(canvas().xAxis->pixelToCoord(position.x()));
  if (!x) {
    return;
  }
  const QString name = setup_.x_label.isEmpty() ? tr("x") : setup_.x_label;
  read_out_.show(
      *x, QStringLiteral("%1 %2").arg(name, axisLabel(*x, setup_.x_kind)), readOutAt(*x));
  emit cursorMoved(*x);
}

void CurvePlot::applyStyle(const PlotStyle& style) {
  PlotWidget::applyStyle(style);
  look_.style = style;
  read_out_.setStyle(style);
  reference_line_->setPen(QPen(style.muted, style.unit, Qt::DashLine));
  reference_name_->setFont(style.font);
  reference_name_->setColor(style.muted);
  legend_.setStyle(style);
  legend_.setShown(setup_.has_legend || style.is_paper);
}

bool CurvePlot::isEmpty() const {
  return curves_.isEmpty();
}

void CurvePlot::prepareReplot(int width) {
  view_->fit(setup_.has_markers, setup_.reference);
  fitLabels();
  const QString widest(setup_.x_kind == AxisKind::kIntegers ? 4 : 9, QLatin1Char('0'));
  const int between = QFontMetrics(look_.style.font).horizontalAdvance(widest);
  // Not the axes' own width, which they get later, in the layout.
  const QMargins margins = canvas().axisRect()->minimumMargins();
  canvas().xAxis->ticker()->setTickCount(
      std::clamp((width - margins.left() - margins.right()) / between, 2, kMostXTicks));
  legend_.fill(curves_, width, drawnHeight());
}

/// As many ticks as there is room for; and the canvas would let a long label run out of the plot.
void CurvePlot::fitLabels() {
  const QFontMetrics metrics(look_.style.font);
  const int room = std::max(drawnHeight() - 4 * metrics.height(), metrics.height());
  canvas().yAxis->setLabel(metrics.elidedText(setup_.y_label, Qt::ElideRight, room));
  canvas().yAxis->ticker()->setTickCount(std::clamp(room / (3 * metrics.height()), 2, kMostTicks));
}

}  // namespace retort::gui
