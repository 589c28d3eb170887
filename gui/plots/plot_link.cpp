#include "gui/plots/plot_link.h"

#include "gui/plots/curve_plot.h"

namespace retort::gui {

void linkXAxes(const std::vector<CurvePlot*>& plots) {
  for (CurvePlot* from : plots) {
    from->setLinked(plots);
    for (CurvePlot* to : plots) {
      if (from == to) {
        continue;
      }
      QObject::connect(from, &CurvePlot::xRangeChanged, to, [to](double lower, double upper) {
        to->setXRange({lower, upper});
      });
      QObject::connect(from, &CurvePlot::followingChanged, to, [to](bool is_following) {
        if (is_following) {
          to->resetView();
        }
      });
      QObject::connect(from, &CurvePlot::cursorMoved, to, [to](double x) { to->showCursor(x); });
      QObject::connect(from, &CurvePlot::cursorLeft, to, [to] { to->showCursor({}); });
    }
  }
}

}  // namespace retort::gui
