#include "gui/plots/plot_link.h"

#include "gui/plots/curve_plot.h"

namespace retort::gui {

void linkXAxes(const std::vector<CurvePlot*>& plots) {
  std::vector<CurveView*> views;
  for (const CurvePlot* plot : plots) {
    views.push_back(&plot->view());
  }
  for (CurvePlot* from : plots) {
    from->view().setLinked(views);
    for (CurvePlot* to : plots) {
      if (from == to) {
        continue;
      }
      CurveView* view = &to->view();
      QObject::connect(
          &from->view(), &CurveView::xRangeChanged, view, [view](double lower, double upper) {
            view->setXRange({lower, upper});
          });
      QObject::connect(
          &from->view(), &CurveView::followingChanged, view, [view](bool is_following) {
            if (is_following) {
              view->reset();
            }
          });
      QObject::connect(from, &CurvePlot::cursorMoved, to, [to](double x) { to->showCursor(x); });
      QObject::connect(from, &CurvePlot::cursorLeft, to, [to] { to->showCursor({}); });
    }
  }
}

}  // namespace retort::gui
