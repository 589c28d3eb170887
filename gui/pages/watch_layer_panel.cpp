#include "gui/pages/watch_layer_panel.h"

#include "core/base/text.h"
#include "gui/models/heat_map.h"
#include "gui/models/metric_pattern.h"
#include "gui/pages/watch_pick_button.h"
#include "gui/pages/watch_step_bar.h"
#include "gui/plots/depth_plot.h"
#include "gui/plots/heat_map_plot.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QJsonArray>
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

QJsonArray toJson(const std::vector<std::string>& texts) {
  QJsonArray array;
  for (const std::string& text : texts) {
    array.append(QString::fromStdString(text));
  }
  return array;
}

std::vector<std::string> textsOf(const QJsonValue& array) {
  std::vector<std::string> texts;
  for (const QJsonValue& text : array.toArray()) {
    texts.push_back(text.toString().toStdString());
  }
  return texts;
}

/// As trainers call the teacher's values of a metric.
std::string teacherOf(const std::string& metric) {
  return "teacher." + metric;
}

/// Beside the curves of one run in their colours, beside those of several in none.
std::vector<Curve> asReference(std::vector<Curve> curves, bool is_single) {
  for (Curve& curve : curves) {
    const QString name = WatchLayerPanel::tr("teacher");
    const bool is_alone = curves.size() == 1;
    curve.name = is_alone ? name : QStringLiteral("%1 · %2").arg(name, curve.name);
    curve.pen = Qt::DashLine;
    if (!is_single) {
      curve.color = {QColor(Qt::darkGray), QColor(Qt::lightGray)};
    }
  }
  return curves;
}

}  // namespace

WatchLayerPanel::WatchLayerPanel(const QString& name,
                                 std::vector<std::string> metrics,
                                 QWidget* parent)
    : WatchPanel(parent),
      metrics_(std::move(metrics)) {
  setObjectName(name);
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

QJsonObject WatchLayerPanel::state() const {
  QJsonObject state;
  state[QLatin1String("metric")] = metric_box_->currentText();
  state[QLatin1String("view")] = view_box_->currentIndex();
  state[QLatin1String("grouping")] = static_cast<int>(wanted_grouping_);
  state[QLatin1String("layers")] = toJson(layers_->picked());
  state[QLatin1String("projections")] = toJson(projections_->picked());
  state[QLatin1String("heads")] = toJson(heads_->picked());
  return state;
}

void WatchLayerPanel::setState(const QJsonObject& state) {
  metric_box_->clear();
  metric_box_->addItem(state[QLatin1String("metric")].toString());
  view_box_->setCurrentIndex(
      std::clamp(state[QLatin1String("view")].toInt(), 0, view_box_->count() - 1));
  wanted_grouping_ = static_cast<Grouping>(std::clamp(state[QLatin1String("grouping")].toInt(),
                                                      static_cast<int>(Grouping::kProjection),
                                                      static_cast<int>(Grouping::kTogether)));
  layers_->setPicked(textsOf(state[QLatin1String("layers")]));
  projections_->setPicked(textsOf(state[QLatin1String("projections")]));
  heads_->setPicked(textsOf(state[QLatin1String("heads")]));
  remake();
}

void WatchLayerPanel::takeChoice() {
  Q_EMIT wantedChanged();
  remake();
}

void WatchLayerPanel::takeGrouping() {
  wanted_grouping_ = static_cast<Grouping>(group_box_->currentData().toInt());
  takeChoice();
}

std::set<std::string> WatchLayerPanel::wantedMetrics(
    const std::vector<std::string>& available) const {
  const std::string shown = shownMetric(available);
  std::set<std::string> wanted;
  for (const std::string& name : {shown, teacherOf(shown)}) {
    if (std::find(available.begin(), available.end(), name) != available.end()) {
      wanted.insert(name);
    }
  }
  return wanted;
}

/// The chosen metric if there is such a one, else the first that there is; empty: none.
std::string WatchLayerPanel::shownMetric(const std::vector<std::string>& available) const {
  const std::vector<std::string> names = matchingMetrics(metrics_, available);
  const bool is_there = std::find(names.begin(), names.end(), metric()) != names.end();
  return is_there ? metric() : names.empty() ? std::string() : names.front();
}

bool WatchLayerPanel::takeSamples(WorkRoom& room) {
  if (view() != View::kHeatMap) {
    return curves_.grow(room) && teacher_curves_.grow(room);
  }
  if (!rows_.grow(room) || !others_.grow(room)) {
    return false;
  }
  if (!map_maker_) {
    map_maker_.emplace(heatMapRequest());
  }
  return map_maker_->advance(room);
}

void WatchLayerPanel::showSamples(bool is_other) {
  switch (view()) {
    case View::kCurves:
      is_other ? showCurves() : curve_plot_->dataChanged();
      break;
    case View::kDepth:
      showProfiles();
      break;
    case View::kHeatMap:
      showHeatMap(map_maker_->take());
      map_maker_.reset();
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
  const bool has_curves = shown == View::kCurves;
  curves_ = has_curves ? WatchCurves(runs(), choice()) : WatchCurves();
  teacher_curves_ = has_curves ? WatchCurves(runWithTeacher(), teacherChoice()) : WatchCurves();
  chooseRows();
}

void WatchLayerPanel::offerMetrics() {
  QStringList names;
  for (const std::string& metric : matchingMetrics(metrics_, available())) {
    names.append(QString::fromStdString(metric));
  }
  metric_box_->setVisible(names.size() > 1);
  if (names.isEmpty()) {
    return;  // what was chosen before may come with the next run
  }
  const QString shown = QString::fromStdString(shownMetric(available()));
  metric_box_->clear();
  metric_box_->addItems(names);
  metric_box_->setCurrentText(shown);
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
  curve_plot_->setUp(curveSetup(labelOf(metric()), display().x));
  std::vector<Curve> curves = curves_.curves();
  for (Curve& reference : asReference(teacher_curves_.curves(), runs().size() == 1)) {
    curves.push_back(std::move(reference));
  }
  curve_plot_->setCurves(std::move(curves));
}

void WatchLayerPanel::showProfiles() {
  const StepSpan span = stepSpanOf(runs(), {metric()});
  step_bar_->setSteps(span.first, span.last);
  depth_plot_->setQuantity(labelOf(metric()));
  std::vector<Curve> curves = makeProfiles(runs(), choice(), step_bar_->step());
  const auto of_teacher = makeProfiles(runWithTeacher(), teacherChoice(), step_bar_->step());
  for (Curve& reference : asReference(of_teacher, runs().size() == 1)) {
    curves.push_back(std::move(reference));
  }
  depth_plot_->setCurves(std::move(curves));
}

/// The box offers each run, and behind them the first one compared with each of the others.
void WatchLayerPanel::chooseRows() {
  map_maker_.reset();
  rows_ = others_ = WatchRows();
  const int chosen = run_box_->currentIndex();
  const int count = static_cast<int>(runs().size());
  is_difference_ = chosen >= count;
  if (view() != View::kHeatMap || chosen < 0 || count == 0) {
    return;
  }
  CurveChoice choice = this->choice();
  if (is_difference_ && choice.x == XQuantity::kClock) {
    choice.x = XQuantity::kElapsed;  // runs are seldom compared that went side by side
  }
  rows_ = WatchRows(runs()[static_cast<std::size_t>(is_difference_ ? 0 : chosen)], choice);
  if (is_difference_) {
    others_ = WatchRows(runs()[static_cast<std::size_t>(chosen - count + 1)], choice);
  }
  const CurvePlotSetup axis = curveSetup({}, choice.x);
  heat_plot_->setXAxis(axis.x_label, axis.x_kind);
}

HeatMapRequest WatchLayerPanel::heatMapRequest() const {
  HeatMapRequest request;
  request.most_columns = kMostColumns;
  request.rows = rows_.rows();
  request.is_difference = is_difference_;
  request.others = others_.rows();
  request.is_ratio = is_difference_ && !hasNegative(request.rows);
  return request;
}

void WatchLayerPanel::showHeatMap(HeatMap map) {
  const HeatMapRequest& request = map_maker_->request();
  HeatScale scale;
  scale.is_difference = request.is_difference;
  scale.is_ratio = request.is_ratio;
  scale.is_log = !hasNegative(request.rows);  // decibels and the like are logarithms already
  scale.label = labelOf(metric());
  if (scale.is_difference) {
    scale.label =
        scale.is_ratio ? tr("%1, ratio").arg(scale.label) : tr("%1, difference").arg(scale.label);
  }
  heat_plot_->setMap(std::move(map), scale);
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
  choice.combination = combinationOf(choice.metric);
  choice.grouping = static_cast<Grouping>(group_box_->currentData().toInt());
  choice.pick.layers = numbersOf(layers_->picked());
  choice.pick.heads = numbersOf(heads_->picked());
  const auto projections = projections_->picked();
  choice.pick.projections = {projections.begin(), projections.end()};
  choice.half_life = display().half_life;
  choice.x = display().x;
  return choice;
}

CurveChoice WatchLayerPanel::teacherChoice() const {
  CurveChoice of_teacher = choice();
  of_teacher.metric = teacherOf(of_teacher.metric);
  of_teacher.combination = combinationOf(of_teacher.metric);
  return of_teacher;
}

/// The first that has: runs that are compared have one teacher.
std::vector<WatchedRun> WatchLayerPanel::runWithTeacher() const {
  const std::string name = teacherOf(metric());
  for (const WatchedRun& run : runs()) {
    if (!keysOf({run}, name).empty()) {
      return {run};
    }
  }
  return {};
}

}  // namespace retort::gui
