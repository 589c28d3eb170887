#include "gui/pages/watch_signal_panel.h"

#include "gui/pages/watch_profiles.h"
#include "gui/pages/watch_step_bar.h"
#include "gui/plots/depth_plot.h"

#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>
#include <array>

namespace retort::gui {
namespace {

struct Quantity {
  const char* metric;
  const char* of_projections;  ///< instead, when that was not recorded; null: nothing
  const char* title;
  bool has_reference;  ///< the teacher's value is 1
  bool can_be_log;
};

constexpr std::array<Quantity, 3> kQuantities = {
    {{"activation_variance_ratio",
      "projection_variance_ratio",
      QT_TRANSLATE_NOOP("retort::gui::WatchSignalPanel", "Forward: variance ratio to the teacher"),
      true,
      true},
     {"hidden_sqnr",
      "projection_sqnr",
      QT_TRANSLATE_NOOP("retort::gui::WatchSignalPanel", "Forward: signal to quantization noise"),
      false,
      false},
     {"grad_norm",
      nullptr,
      QT_TRANSLATE_NOOP("retort::gui::WatchSignalPanel", "Backward: gradient norm"),
      false,
      true}}};

/// What is shown of runs with these metrics.
std::string metricOf(const Quantity& quantity, const std::vector<std::string>& available) {
  const auto is_there = [&](const char* metric) {
    return metric != nullptr &&
           std::find(available.begin(), available.end(), metric) != available.end();
  };
  return !is_there(quantity.metric) && is_there(quantity.of_projections) ? quantity.of_projections
                                                                         : quantity.metric;
}

}  // namespace

WatchSignalPanel::WatchSignalPanel(QWidget* parent)
    : WatchPanel(parent),
      step_bar_(new WatchStepBar(this)) {
  auto* body = new QWidget(this);
  auto* layout = new QVBoxLayout(body);
  layout->setContentsMargins(0, 0, 0, 0);
  auto* row = new QSplitter(Qt::Horizontal, body);
  row->setChildrenCollapsible(false);
  for (const Quantity& quantity : kQuantities) {
    auto* plot = new DepthPlot(row);
    plot->setTitle(tr(quantity.title));
    plot->setEmptyText(tr("No selected run has recorded\n%1").arg(QLatin1String(quantity.metric)));
    row->addWidget(plot);
    plots_.push_back(plot);
    addPlot(plot, quantity.can_be_log);
  }
  step_bar_->setContentsMargins(8, 0, 8, 4);
  layout->addWidget(row, 1);
  layout->addWidget(step_bar_);
  setPlots(body);
  connect(step_bar_, &WatchStepBar::stepChanged, this, &WatchSignalPanel::showProfiles);
}

std::set<std::string> WatchSignalPanel::wantedMetrics(
    const std::vector<std::string>& available) const {
  std::set<std::string> wanted;
  for (const Quantity& quantity : kQuantities) {
    const std::string metric = metricOf(quantity, available);
    if (std::find(available.begin(), available.end(), metric) != available.end()) {
      wanted.insert(metric);
    }
  }
  return wanted;
}

void WatchSignalPanel::showSamples(bool /*is_other*/) {
  showProfiles();
}

void WatchSignalPanel::showProfiles() {
  std::vector<std::string> metrics;
  for (const Quantity& quantity : kQuantities) {
    metrics.push_back(metricOf(quantity, available()));
  }
  const StepSpan span = stepSpanOf(runs(), metrics);
  step_bar_->setSteps(span.first, span.last);
  step_bar_->setVisible(span.last > span.first);
  for (std::size_t i = 0; i < kQuantities.size(); ++i) {
    const Quantity& quantity = kQuantities[i];
    const std::string& metric = metrics[i];
    plots_[i]->setQuantity(labelOf(metric),
                           quantity.has_reference ? std::optional(1.0) : std::nullopt,
                           quantity.has_reference ? tr("teacher") : QString());
    plots_[i]->setWhatsThis(documentationOf(metric));
    CurveChoice choice;
    choice.metric = metric;
    choice.grouping = Grouping::kTogether;
    choice.combination = combinationOf(metric);
    auto profiles = makeProfiles(runs(), choice, step_bar_->step());
    for (Curve& profile : profiles) {
      // One entry of the legend shows or hides a run in all three.
      profile.id = profile.id.substr(0, profile.id.find('|'));
      if (runs().size() == 1) {
        profile.color = seriesColors(0);
      }
    }
    plots_[i]->setCurves(std::move(profiles));
  }
}

}  // namespace retort::gui
