#include "gui/pages/watch_stack_panel.h"

#include "gui/models/metric_pattern.h"
#include "gui/plots/plot_link.h"

#include <QSplitter>

#include <algorithm>
#include <utility>

namespace retort::gui {
namespace {

std::vector<std::string> metricsOf(const StackedPlot& recipe,
                                   const std::vector<std::string>& available) {
  const bool is_said =
      std::find(available.begin(), available.end(), recipe.unless) != available.end();
  return is_said ? std::vector<std::string>() : matchingMetrics(recipe.metrics, available);
}

}  // namespace

WatchStackPanel::WatchStackPanel(std::vector<StackedPlot> plots, QWidget* parent)
    : WatchPanel(parent) {
  auto* column = new QSplitter(Qt::Vertical, this);
  column->setChildrenCollapsible(false);
  std::vector<CurvePlot*> linked;
  for (StackedPlot& recipe : plots) {
    auto* plot = new CurvePlot(column);
    plot->setTitle(recipe.title);
    plot->setVisible(!recipe.is_optional);
    column->addWidget(plot);
    addPlot(plot);
    linked.push_back(plot);
    stack_.push_back({std::move(recipe), plot, {}, {}});
  }
  linkXAxes(linked);
  setPlots(column);
}

std::set<std::string> WatchStackPanel::wantedMetrics(
    const std::vector<std::string>& available) const {
  std::set<std::string> wanted;
  for (const Stacked& stacked : stack_) {
    const auto found = metricsOf(stacked.recipe, available);
    wanted.insert(found.begin(), found.end());
  }
  return wanted;
}

bool WatchStackPanel::takeSamples(WorkRoom& room) {
  for (Stacked& stacked : stack_) {
    for (WatchCurves& curves : stacked.curves) {
      if (!curves.grow(room)) {
        return false;
      }
    }
  }
  return true;
}

void WatchStackPanel::showSamples(bool is_other) {
  for (Stacked& stacked : stack_) {
    if (is_other) {
      stacked.plot->setCurves(stacked.drawn);
    } else {
      stacked.plot->dataChanged();
    }
  }
}

void WatchStackPanel::rebuild() {
  for (Stacked& stacked : stack_) {
    rebuildOne(stacked);
  }
  nameSteps();
}

/// The plots share their X axis: the lowest one names it.
void WatchStackPanel::nameSteps() {
  bool is_lowest = true;
  for (auto stacked = stack_.rbegin(); stacked != stack_.rend(); ++stacked) {
    if (!stacked->plot->isHidden()) {
      if (!is_lowest) {
        stacked->setup.x_label.clear();
      }
      stacked->plot->setUp(stacked->setup);
      is_lowest = false;
    }
  }
}

void WatchStackPanel::rebuildOne(Stacked& stacked) {
  const std::vector<std::string> metrics = metricsOf(stacked.recipe, available());
  stacked.curves.clear();
  std::vector<Curve> curves;
  CurveChoice choice;
  choice.half_life = stacked.recipe.is_smoothed ? display().half_life : 0;
  choice.x = display().x;
  QString documentation;
  for (const std::string& metric : metrics) {
    choice.metric = metric;
    choice.combination = combinationOf(metric);
    choice.name = metrics.size() > 1 ? QString::fromStdString(metric) : QString();
    WatchCurves made(runs(), choice);
    for (Curve curve : made.curves()) {
      if (metrics.size() > 1 && !curve.name.contains(choice.name)) {
        curve.name = QStringLiteral("%1 · %2").arg(curve.name, choice.name);
      }
      const auto owner = std::find_if(runs().begin(), runs().end(), [&](const WatchedRun& run) {
        return run.name == curve.name && curve.id.starts_with(run.run_id + "|");
      });
      if (owner != runs().end()) {
        curve.id = owner->run_id;  // one entry of the legend for the run in all plots
      }
      curves.push_back(std::move(curve));
    }
    choice.first_color += runs().size() == 1 ? static_cast<int>(made.curves().size()) : 1;
    stacked.curves.push_back(std::move(made));
    documentation += documentationOf(metric);
  }
  stacked.setup =
      curveSetup(metrics.size() == 1 ? labelOf(metrics.front()) : QString(), display().x);
  stacked.plot->setWhatsThis(documentation);
  stacked.plot->setVisible(!stacked.recipe.is_optional || !curves.empty());
  stacked.drawn = std::move(curves);
}

}  // namespace retort::gui
