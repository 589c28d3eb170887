#include "gui/plots/curve_view.h"

#include "gui/plots/tick_label.h"

#include <qcustomplot.h>

namespace retort::gui {
namespace {

constexpr double kMarkerRoom = 0.3;  // beside the first and last of whole numbers

}  // namespace

CurveView::CurveView(QWidget* plot, QCustomPlot& canvas, const CurveSet& curves)
    : QObject(plot),
      canvas_(canvas),
      curves_(curves) {
  connectAxes();
  setLogY(false);
}

void CurveView::connectAxes() {
  const auto range_changed = qOverload<const QCPRange&>(&QCPAxis::rangeChanged);
  connect(canvas_.xAxis, range_changed, this, [this](const QCPRange&) {
    if (!is_assigning_) {
      const AxisRange range = saneRange(xRange(), false);
      setXRange(range);
      emit xRangeChanged(range.lower, range.upper);
    }
  });
  connect(canvas_.yAxis, range_changed, this, [this](const QCPRange&) {
    if (!is_assigning_) {
      setYRange(yRange());
    }
  });
}

void CurveView::setLogY(bool is_log) {
  is_assigning_ = true;
  canvas_.yAxis->setScaleType(is_log ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
  canvas_.yAxis->setTicker(makeTicker(is_log ? AxisKind::kLog : AxisKind::kLinear));
  is_assigning_ = false;
  is_y_fitting_ = true;
  emit changed();
}

bool CurveView::isLogY() const {
  return canvas_.yAxis->scaleType() == QCPAxis::stLogarithmic;
}

void CurveView::setFollowing(bool is_following) {
  is_y_fitting_ = is_y_fitting_ || is_following;
  if (is_following_ != is_following) {
    is_following_ = is_following;
    emit followingChanged(is_following);
  }
  emit changed();
}

void CurveView::reset() {
  is_y_fitting_ = true;
  setFollowing(true);
}

AxisRange CurveView::xRange() const {
  return {canvas_.xAxis->range().lower, canvas_.xAxis->range().upper};
}

AxisRange CurveView::yRange() const {
  return {canvas_.yAxis->range().lower, canvas_.yAxis->range().upper};
}

void CurveView::setXRange(const AxisRange& range) {
  assignRanges(saneRange(range, false), yRange());
  if (is_following_) {
    is_following_ = false;
    emit followingChanged(false);
  }
  emit changed();
}

void CurveView::setYRange(const AxisRange& range) {
  is_y_fitting_ = false;
  assignRanges(xRange(), saneRange(range, isLogY()));
  emit changed();
}

void CurveView::setLinked(const std::vector<CurveView*>& views) {
  linked_.assign(views.begin(), views.end());
}

void CurveView::fit(bool has_markers, std::optional<double> reference) {
  if (is_following_) {
    assignRanges(fullXRange(has_markers), yRange());
  }
  if (is_y_fitting_) {
    assignRanges(xRange(), fittingYRange(reference));
  }
}

AxisRange CurveView::fullXRange(bool has_markers) const {
  RangeFinder finder(false);
  curves_.includeX(finder);
  for (const auto& view : linked_) {
    if (view && view->isShown()) {
      view->curves_.includeX(finder);
    }
  }
  AxisRange range = finder.isEmpty() ? AxisRange{0, 1} : finder.exact();
  if (has_markers && !finder.isEmpty()) {
    range = {range.lower - kMarkerRoom, range.upper + kMarkerRoom};
  } else if (range.size() <= 0) {
    range = {range.lower - 1, range.upper + 1};
  }
  return saneRange(range, false);
}

AxisRange CurveView::fittingYRange(std::optional<double> reference) const {
  RangeFinder finder(isLogY());
  curves_.includeY(finder, xRange());
  if (reference && !curves_.isEmpty()) {
    finder.include(*reference);
  }
  return finder.padded();
}

void CurveView::assignRanges(const AxisRange& x, const AxisRange& y) {
  is_assigning_ = true;
  canvas_.xAxis->setRange(x.lower, x.upper);
  canvas_.yAxis->setRange(y.lower, y.upper);
  is_assigning_ = false;
}

bool CurveView::isShown() const {
  return !static_cast<const QWidget*>(parent())->isHidden();
}

}  // namespace retort::gui
