#include "gui/plots/plot_navigator.h"

#include <qcustomplot.h>

namespace retort::gui {
namespace {

constexpr double kPanShare = 0.1;
constexpr double kZoomStep = 0.8;

}  // namespace

PlotNavigator::PlotNavigator(QCustomPlot* canvas) : QObject(canvas), canvas_(canvas) {
  canvas_->setInteractions(QCP::iRangeDrag | QCP::iRangeZoom);
  canvas_->setMouseTracking(true);
  canvas_->installEventFilter(this);
  connect(canvas_, &QCustomPlot::mousePress, this, &PlotNavigator::takePress);
  connect(canvas_, &QCustomPlot::mouseMove, this, &PlotNavigator::takeMove);
  connect(canvas_, &QCustomPlot::mouseWheel, this, &PlotNavigator::takeWheel);
  connect(canvas_, &QCustomPlot::mouseDoubleClick, this, [this] { emit resetRequested(); });
}

bool PlotNavigator::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::KeyPress) {
    return takeKey(static_cast<const QKeyEvent*>(event));
  }
  if (event->type() == QEvent::Leave) {
    emit left();
  }
  return QObject::eventFilter(watched, event);
}

void PlotNavigator::takePress(const QMouseEvent* event) {
  const bool is_box = (event->modifiers() & Qt::ShiftModifier) != 0;
  canvas_->setSelectionRectMode(is_box ? QCP::srmZoom : QCP::srmNone);
  QCPAxisRect* rect = canvas_->axisRect();
  const QPoint place = event->pos();
  QList<QCPAxis*> axes = {canvas_->xAxis, canvas_->yAxis};
  if (place.y() > rect->bottom()) {
    axes = {canvas_->xAxis};
  } else if (place.x() < rect->left()) {
    axes = {canvas_->yAxis};
  }
  rect->setRangeDragAxes(axes);
}

void PlotNavigator::takeMove(const QMouseEvent* event) {
  if (canvas_->axisRect()->rect().contains(event->pos())) {
    emit hovered(event->pos());
  } else {
    emit left();
  }
}

void PlotNavigator::takeWheel(const QWheelEvent* event) {
  QCPAxisRect* rect = canvas_->axisRect();
  const bool is_y =
      (event->modifiers() & Qt::ControlModifier) != 0 || event->position().x() < rect->left();
  rect->setRangeZoomAxes({is_y ? canvas_->yAxis : canvas_->xAxis});
}

bool PlotNavigator::takeKey(const QKeyEvent* event) {
  const bool has_control = (event->modifiers() & Qt::ControlModifier) != 0;
  const Qt::Orientation zoomed = has_control ? Qt::Vertical : Qt::Horizontal;
  switch (event->key()) {
    case Qt::Key_Left:
      moveRange(Qt::Horizontal, -kPanShare);
      break;
    case Qt::Key_Right:
      moveRange(Qt::Horizontal, kPanShare);
      break;
    case Qt::Key_Up:
      moveRange(Qt::Vertical, kPanShare);
      break;
    case Qt::Key_Down:
      moveRange(Qt::Vertical, -kPanShare);
      break;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
      zoomRange(zoomed, kZoomStep);
      break;
    case Qt::Key_Minus:
      zoomRange(zoomed, 1 / kZoomStep);
      break;
    case Qt::Key_0:
    case Qt::Key_Home:
      emit resetRequested();
      break;
    default:
      return false;
  }
  canvas_->replot(QCustomPlot::rpQueuedReplot);
  return true;
}

void PlotNavigator::moveRange(Qt::Orientation orientation, double share) const {
  QCPAxis* axis = orientation == Qt::Horizontal ? canvas_->xAxis : canvas_->yAxis;
  const QCPRange range = axis->range();
  if (axis->scaleType() == QCPAxis::stLogarithmic) {
    const double factor = std::pow(range.upper / range.lower, share);
    axis->setRange(range.lower * factor, range.upper * factor);
  } else {
    axis->setRange(range + share * range.size());
  }
}

void PlotNavigator::zoomRange(Qt::Orientation orientation, double factor) const {
  QCPAxis* axis = orientation == Qt::Horizontal ? canvas_->xAxis : canvas_->yAxis;
  const QCPRange range = axis->range();
  const bool is_log = axis->scaleType() == QCPAxis::stLogarithmic;
  axis->scaleRange(factor, is_log ? std::sqrt(range.lower * range.upper) : range.center());
}

}  // namespace retort::gui
