#include "gui/pages/watch_layer_panel.h"

#include "core/base/text.h"
#include "gui/models/heat_map.h"
#include "gui/pages/watch_pick_button.h"
#include "gui/pages/watch_profiles.h"
#include "gui/pages/watch_step_bar.h"
#include "gui/plots/depth_plot.h"
#include "gui/plots/heat_map_plot.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QSettings>
#include <QSignalBlocker>
#include <QStackedWidget>

#include <algorithm>
#include <utility>

namespace retort::gui {
namespace {

constexpr int kMostColumns = 1000;

std::vector<std::string> textsOf(const std::set<int>& numbers) {
  std::vector<std::string> texts;
  for (const int number : numbers) {
    texts.push_back(std::to_string(number));
  }
  return texts;
}

std::set<int> numbersOf(const std::vector<std::string>& texts) {
  std::set<int> numbers;
  for (const std::string& text : texts) {
    if (const auto number = parseInteger(text)) {
      numbers.insert(static_cast<int>(*number));
    }
  }
  return numbers;
}

QStringList toList(const std::vector<std::string>& texts) {
  QStringList list;
  for (const std::string& text : texts) {
    list.append(QString::fromStdString(text));
  }
  return list;
}

std::vector<std::string> fromList(const QStringList& list) {
  std::vector<std::string> texts;
  for (const QString& text : list) {
    texts.push_back(text.toStdString());
  }
  return texts;
}

QString settingKey(const QString& panel, const char* what) {
  return QStringLiteral("watch/%1/%2").arg(panel, QLatin1String(what));
}

}  // namespace

WatchLayerPanel::WatchLayerPanel(const QString& name,
                                 std::vector<std::string> metrics,
                                 QWidget* parent)
    : WatchPanel(parent),
      name_(name),
      metrics_(std::move(metrics)) {
  auto* body = new QWidget(this);
  auto* layout = new QVBoxLayout(body);
  layout->setContentsMargins(0, 0, 0, 0);
  auto* bar = new QHBoxLayout;
  bar->setContentsMargins(8, 4, 8, 0);
  layout->addLayout(bar);
  buildBar(*bar);
  buildPlots();
  layout->addWidget(stack_, 1);
  layout->addWidget(step_bar_);
  setPlots(body);
  restore();
}

void WatchLayerPanel::buildBar(QBoxLayout& layout) {
  const auto addBox = [&](const QString& accessible, void (WatchLayerPanel::*take)()) {
    auto* box = new QComboBox(this);
    box->setAccessibleName(accessible);
    box->setToolTip(accessible);
    box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    box->setMaximumWidth(box->fontMetrics().averageCharWidth() * 36);
    layout.addWidget(box);
    connect(box, &QComboBox::activated, this, take);
    return box;
  };
  metric_box_ = addBox(tr("Metric"), &WatchLayerPanel::takeChoice);
  view_box_ = addBox(tr("View"), &WatchLayerPanel::takeChoice);
  view_box_->addItems({tr("Curves"), tr("By depth"), tr("Heat map")});
  group_box_ = addBox(tr("What becomes one curve"), &WatchLayerPanel::takeGrouping);
  run_box_ = addBox(tr("Run of the heat map"), &WatchLayerPanel::takeChoice);
  layers_ = new WatchPickButton(tr("Layers"), this);
  projections_ = new WatchPickButton(tr("Projections"), this);
  heads_ = new WatchPickButton(tr("Heads"), this);
  for (WatchPickButton* button : {layers_, projections_, heads_}) {
    layout.addWidget(button);
    connect(button, &WatchPickButton::pickedChanged, this, &WatchLayerPanel::takeChoice);
  }
  layout.addStretch(1);
}

void WatchLayerPanel::buildPlots() {
  stack_ = new QStackedWidget(this);
  curve_plot_ = new CurvePlot(stack_);
  depth_plot_ = new DepthPlot(stack_);
  heat_plot_ = new HeatMapPlot(stack_);
  heat_plot_->setXLabel(tr("Step"));
  curve_plot_->setName(tr("Curves over steps"));
  depth_plot_->setName(tr("Values by depth"));
  heat_plot_->setName(tr("Heat map"));
  step_bar_ = new WatchStepBar(this);
  step_bar_->setContentsMargins(8, 0, 8, 4);
  for (PlotWidget* plot :
       std::initializer_list<PlotWidget*>{curve_plot_, depth_plot_, heat_plot_}) {
    stack_->addWidget(plot);
  }
  addPlot(curve_plot_);
  addPlot(depth_plot_);
  connect(step_bar_, &WatchStepBar::stepChanged, this, &WatchLayerPanel::showProfiles);
}

void WatchLayerPanel::restore() {
  const QSettings settings;
  metric_box_->addItem(settings.value(settingKey(name_, "metric")).toString());
  view_box_->setCurrentIndex(
      std::clamp(settings.value(settingKey(name_, "view")).toInt(), 0, view_box_->count() - 1));
  wanted_grouping_ =
      static_cast<Grouping>(std::clamp(settings.value(settingKey(name_, "grouping")).toInt(),
                                       static_cast<int>(Grouping::kProjection),
                                       static_cast<int>(Grouping::kTogether)));
  layers_->setPicked(fromList(settings.value(settingKey(name_, "layers")).toStringList()));
  projections_->setPicked(
      fromList(settings.value(settingKey(name_, "projections")).toStringList()));
  heads_->setPicked(fromList(settings.value(settingKey(name_, "heads")).toStringList()));
}

void WatchLayerPanel::remember() const {
  QSettings settings;
  settings.setValue(settingKey(name_, "metric"), metric_box_->currentText());
  settings.setValue(settingKey(name_, "view"), view_box_->currentIndex());
  settings.setValue(settingKey(name_, "grouping"), static_cast<int>(wanted_grouping_));
  settings.setValue(settingKey(name_, "layers"), toList(layers_->picked()));
  settings.setValue(settingKey(name_, "projections"), toList(projections_->picked()));
  settings.setValue(settingKey(name_, "heads"), toList(heads_->picked()));
}

void WatchLayerPanel::takeChoice() {
  remember();
  Q_EMIT wantedChanged();
  rebuild();
}

void WatchLayerPanel::takeGrouping() {
  wanted_grouping_ = static_cast<Grouping>(group_box_->currentData().toInt());
  takeChoice();
}

std::set<std::string> WatchLayerPanel::wantedMetrics(
    const std::vector<std::string>& available) const {
  const std::vector<std::string>& offered = metrics_.empty() ? available : metrics_;
  const auto has = [](const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  const std::string chosen = metric();
  if (has(offered, chosen) && has(available, chosen)) {
    return {chosen};
  }
  for (const std::string& candidate : offered) {
    if (has(available, candidate)) {
      return {candidate};
    }
  }
  return {};
}

void WatchLayerPanel::grow() {
  curves_.grow();
  switch (view()) {
    case View::kCurves:
      curve_plot_->dataChanged();
      break;
    case View::kDepth:
      showProfiles();
      break;
    case View::kHeatMap:
      showHeatMap();
      break;
  }
}

void WatchLayerPanel::resetView() {
  WatchPanel::resetView();
  heat_plot_->resetView();
}

void WatchLayerPanel::rebuild() {
  offerMetrics();
  offerGroupings();
  offerPicks();
  offerRuns();
  const View shown = view();
  stack_->setCurrentIndex(static_cast<int>(shown));
  curve_plot_->setHidden(shown != View::kCurves);
  depth_plot_->setHidden(shown != View::kDepth);
  heat_plot_->setHidden(shown != View::kHeatMap);
  step_bar_->setVisible(shown == View::kDepth);
  group_box_->setVisible(shown != View::kHeatMap);
  run_box_->setVisible(shown == View::kHeatMap && runs().size() > 1);
  const QString documentation = documentationOf(metric());
  metric_box_->setToolTip(documentation.isEmpty() ? tr("Metric") : documentation);
  curves_ = WatchCurves();
  switch (shown) {
    case View::kCurves:
      showCurves();
      break;
    case View::kDepth:
      showProfiles();
      break;
    case View::kHeatMap:
      showHeatMap();
      break;
  }
  fillLegend();
}

void WatchLayerPanel::offerMetrics() {
  const std::vector<std::string>& offered = metrics_.empty() ? available() : metrics_;
  const std::set<std::string> wanted = wantedMetrics(available());
  QStringList names;
  for (const std::string& metric : offered) {
    if (std::find(available().begin(), available().end(), metric) != available().end()) {
      names.append(QString::fromStdString(metric));
    }
  }
  metric_box_->setVisible(names.size() > 1);
  if (names.isEmpty()) {
    return;  // what was chosen before may come with the next run
  }
  metric_box_->clear();
  metric_box_->addItems(names);
  if (!wanted.empty()) {
    metric_box_->setCurrentText(QString::fromStdString(*wanted.begin()));
  }
}

/// Not every metric has every dimension. By layer instead, but not for several runs at once.
void WatchLayerPanel::offerGroupings() {
  const SeriesDimensions found = dimensionsOf(keysOf(runs(), metric()));
  group_box_->clear();
  const auto offer = [&](bool is_there, const QString& text, Grouping grouping) {
    if (is_there) {
      group_box_->addItem(text, static_cast<int>(grouping));
    }
  };
  offer(!found.projections.empty(), tr("One curve a projection"), Grouping::kProjection);
  offer(!found.layers.empty(), tr("One curve a layer"), Grouping::kLayer);
  offer(!found.heads.empty(), tr("One curve a head"), Grouping::kHead);
  offer(true, tr("All together"), Grouping::kTogether);
  offer(true, tr("Every single one"), Grouping::kEach);
  const bool has_room = view() == View::kCurves && runs().size() == 1 && !found.layers.empty();
  const int fallback = static_cast<int>(has_room ? Grouping::kLayer : Grouping::kTogether);
  const int wanted = group_box_->findData(static_cast<int>(wanted_grouping_));
  group_box_->setCurrentIndex(wanted < 0 ? group_box_->findData(fallback) : wanted);
}

void WatchLayerPanel::offerPicks() {
  const SeriesDimensions found = dimensionsOf(keysOf(runs(), metric()));
  layers_->setChoices(textsOf(found.layers));
  projections_->setChoices(found.projections);
  heads_->setChoices(textsOf(found.heads));
}

void WatchLayerPanel::offerRuns() {
  const int chosen = run_box_->currentIndex();
  run_box_->clear();
  for (const WatchedRun& run : runs()) {
    run_box_->addItem(run.name);
  }
  for (std::size_t i = 1; i < runs().size(); ++i) {
    run_box_->addItem(tr("%1 compared with %2").arg(runs().front().name, runs()[i].name));
  }
  run_box_->setCurrentIndex(std::clamp(chosen, 0, std::max(0, run_box_->count() - 1)));
}

void WatchLayerPanel::showCurves() {
  curves_ = WatchCurves(runs(), choice());
  CurvePlotSetup setup;
  setup.x_label = tr("Step");
  setup.y_label = labelOf(metric());
  curve_plot_->setUp(setup);
  curve_plot_->setCurves(curves_.curves());
}

void WatchLayerPanel::showProfiles() {
  const StepSpan span = stepSpanOf(runs(), {metric()});
  step_bar_->setSteps(span.first, span.last);
  depth_plot_->setQuantity(labelOf(metric()));
  depth_plot_->setCurves(makeProfiles(runs(), choice(), step_bar_->step()));
}

void WatchLayerPanel::showHeatMap() {
  HeatScale scale;
  scale.label = labelOf(metric());
  const int chosen = run_box_->currentIndex();
  const int count = static_cast<int>(runs().size());
  if (chosen < 0 || count == 0) {
    heat_plot_->setMap({}, scale);
    return;
  }
  if (chosen < count) {
    const auto rows = makeRows(runs()[static_cast<std::size_t>(chosen)], choice());
    HeatMap map = makeHeatMap(rows, kMostColumns);
    const auto range = valueRange(map, false);
    scale.is_log = !range || range->lower >= 0;  // decibels and the like are logarithms already
    heat_plot_->setMap(std::move(map), scale);
    return;
  }
  const WatchedRun& other = runs()[static_cast<std::size_t>(chosen - count + 1)];
  const auto rows = makeRows(runs().front(), choice());
  const auto range = valueRange(makeHeatMap(rows, kMostColumns), false);
  scale.is_difference = true;
  scale.is_ratio = !range || range->lower >= 0;
  scale.label = scale.is_ratio ? tr("%1, ratio").arg(labelOf(metric()))
                               : tr("%1, difference").arg(labelOf(metric()));
  heat_plot_->setMap(
      makeDifferenceMap(rows, makeRows(other, choice()), kMostColumns, scale.is_ratio), scale);
}

WatchLayerPanel::View WatchLayerPanel::view() const {
  return static_cast<View>(std::max(0, view_box_->currentIndex()));
}

std::string WatchLayerPanel::metric() const {
  return metric_box_->currentText().toStdString();
}

CurveChoice WatchLayerPanel::choice() const {
  CurveChoice choice;
  choice.metric = metric();
  choice.grouping = static_cast<Grouping>(group_box_->currentData().toInt());
  choice.pick.layers = numbersOf(layers_->picked());
  choice.pick.heads = numbersOf(heads_->picked());
  const auto projections = projections_->picked();
  choice.pick.projections = {projections.begin(), projections.end()};
  choice.half_life = display().half_life;
  return choice;
}

}  // namespace retort::gui
