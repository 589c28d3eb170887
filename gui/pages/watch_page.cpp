#include "gui/pages/watch_page.h"

#include "core/agent/trainer_catalogue.h"
#include "gui/models/app_context.h"
#include "gui/models/run_colors.h"
#include "gui/models/run_names.h"
#include "gui/pages/empty_state.h"
#include "gui/pages/watch_layer_panel.h"
#include "gui/pages/watch_signal_panel.h"
#include "gui/pages/watch_stack_panel.h"
#include "storage/workspace_store.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QShowEvent>
#include <QSignalBlocker>
#include <QSlider>
#include <QStackedWidget>
#include <QTabBar>
#include <QToolButton>

#include <algorithm>
#include <cmath>

namespace retort::gui {
namespace {

constexpr std::size_t kMostRuns = 20;
constexpr int kSmoothingPositions = 40;  // of the slider
constexpr double kDecadesOfSmoothing = 4;

/// 0: none; then from 1 to 10,000 steps.
double halfLifeOf(int position) {
  return position == 0
             ? 0
             : std::pow(10, kDecadesOfSmoothing * (position - 1) / (kSmoothingPositions - 1));
}

QString nameOf(const RunRecord* run, const std::string& run_id) {
  return QString::fromStdString(run != nullptr && !run->name.empty() ? run->name : run_id);
}

/// Says so when only one of several runs has recorded what is shown; else empty.
QString nameOfOnlyOne(const std::vector<WatchedRun>& runs) {
  const auto has_recorded = [](const WatchedRun& run) {
    return !run.series.empty();
  };
  const auto only = std::find_if(runs.begin(), runs.end(), has_recorded);
  return runs.size() > 1 && std::count_if(runs.begin(), runs.end(), has_recorded) == 1
             ? WatchPage::tr("Of the selected runs only %1 has recorded this.").arg(only->name)
             : QString();
}

}  // namespace

WatchPage::WatchPage(AppContext& context, QWidget* parent)
    : QWidget(parent),
      context_(context),
      source_(context.workspace()),
      catalogue_query_(context.workspace()),
      tabs_(new QTabBar(this)),
      stack_(new QStackedWidget(this)),
      empty_(new EmptyState(context, this)),
      note_(new QLabel(this)) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  auto* bar = new QHBoxLayout;
  bar->setContentsMargins(8, 4, 8, 4);
  bar->setSpacing(8);
  layout->addLayout(bar);
  buildBar(*bar);
  note_->setTextFormat(Qt::PlainText);
  note_->setMargin(6);
  note_->setVisible(false);
  layout->addWidget(note_);
  layout->addWidget(stack_, 1);
  stack_->addWidget(empty_);
  buildPanels();
  connectSource();
  takeDisplay();
  followSelection();
}

WatchPage::~WatchPage() = default;

void WatchPage::buildPanels() {
  addPanel(
      tr("&Losses"),
      new WatchStackPanel({{tr("Training loss"), {"train.loss"}, false},
                           {tr("Components"), {"train.loss_component"}, true},
                           {tr("Evaluation"),
                            // Shares and correlations. Language models have quantities of
                            // several scales, too.
                            {"eval.*",
                             "-eval.loss",
                             "-eval.kl",
                             "-eval.perplexity",
                             "-eval.word_perplexity",
                             "-eval.byte_perplexity",
                             "-eval.bits_per_byte"},
                            true},
                           {tr("Evaluation loss"), {"eval.loss"}, true, true, "eval.perplexity"},
                           {tr("Perplexity"), {"eval.perplexity"}, true},
                           {tr("Divergence from the teacher"), {"eval.kl"}, true}},
                          this));
  addPanel(tr("&Gradients"),
           new WatchLayerPanel(
               QStringLiteral("gradients"),
               {"grad_norm", "grad_norm_relative", "grad_*", "full_precision_grad*", "gradient_*"},
               this));
  addPanel(tr("&Attention"),
           new WatchLayerPanel(QStringLiteral("attention"),
                               {"attention_map_kl",
                                "attention_output_mse",
                                "attention_entropy",
                                "ranking_loss",
                                "cover_length_ratio",
                                "special_token_mass",
                                "attention_*"},
                               this));
  addPanel(tr("S&ignal"), new WatchSignalPanel(this));
  addPanel(tr("&Speed"),
           new WatchStackPanel({{tr("Learning rate"), {"learning_rate"}, true, false},
                                {tr("Throughput"), {"tokens_per_second"}, true},
                                {tr("Time of a step"), {"step_time"}, true},
                                {tr("Memory"), {"memory"}, true, false}},
                               this));
  addPanel(tr("A&ny metric"), new WatchLayerPanel(QStringLiteral("any"), {"*"}, this));
  connect(tabs_, &QTabBar::currentChanged, this, &WatchPage::showPanel);
}

void WatchPage::addPanel(const QString& title, WatchPanel* panel) {
  tabs_->addTab(title);
  stack_->addWidget(panel);
  panels_.push_back(panel);
  connect(panel, &WatchPanel::wantedChanged, this, &WatchPage::followMetrics);
  connect(panel, &WatchPanel::followingChanged, this, [this](bool is_following) {
    const QSignalBlocker blocker(follow_);
    follow_->setChecked(is_following);
  });
}

void WatchPage::buildBar(QBoxLayout& layout) {
  tabs_->setAccessibleName(tr("Panels"));
  tabs_->setDrawBase(false);
  tabs_->setExpanding(false);
  tabs_->setUsesScrollButtons(true);
  layout.addWidget(tabs_);
  layout.addStretch(1);
  buildDisplay(layout);
}

void WatchPage::buildDisplay(QBoxLayout& layout) {
  x_axis_ = new QComboBox(this);
  x_axis_->addItem(tr("Over steps"), static_cast<int>(XQuantity::kStep));
  x_axis_->addItem(tr("Over time"), static_cast<int>(XQuantity::kElapsed));
  x_axis_->addItem(tr("Over time of day"), static_cast<int>(XQuantity::kClock));
  x_axis_->setAccessibleName(tr("X axis"));
  x_axis_->setToolTip(tr("What stands along the X axes of curves"));
  smoothing_label_ = new QLabel(this);
  smoothing_ = new QSlider(Qt::Horizontal, this);
  smoothing_->setRange(0, kSmoothingPositions);
  smoothing_->setFixedWidth(smoothing_->fontMetrics().averageCharWidth() * 18);
  smoothing_->setAccessibleName(tr("Smoothing"));
  smoothing_->setToolTip(
      tr("Exponential average over steps; the curve as measured stays behind it."));
  smoothing_label_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  smoothing_label_->setMinimumWidth(
      smoothing_label_->fontMetrics().horizontalAdvance(tr("Smoothing: 10000 steps")));
  log_ = new QCheckBox(tr("L&og"), this);
  log_->setToolTip(tr("Logarithmic Y axes"));
  follow_ = new QCheckBox(tr("Follo&w"), this);
  follow_->setToolTip(tr("Keep all steps in sight while runs go on"));
  auto* reset = new QToolButton(this);
  reset->setText(tr("&Reset view"));
  reset->setFocusPolicy(Qt::StrongFocus);
  reset->setToolTip(
      tr("Show everything again (double click in a plot, or 0). Drag pans, the wheel "
         "zooms, Shift and drag zooms into a rectangle."));
  for (QWidget* widget : std::initializer_list<QWidget*>{
           x_axis_, smoothing_label_, smoothing_, log_, follow_, reset}) {
    layout.addWidget(widget);
    const bool is_apart = widget == smoothing_ || widget == smoothing_label_;
    layout.addSpacing(is_apart ? fontMetrics().averageCharWidth() : 0);
  }
  follow_->setChecked(true);
  connect(x_axis_, &QComboBox::activated, this, [this] {
    followMetrics();
    takeDisplay();
  });
  connect(smoothing_, &QSlider::valueChanged, this, &WatchPage::takeDisplay);
  connect(log_, &QCheckBox::toggled, this, &WatchPage::takeDisplay);
  connect(follow_, &QCheckBox::toggled, this, &WatchPage::takeDisplay);
  connect(reset, &QToolButton::clicked, this, [this] { panel()->resetView(); });
}

void WatchPage::connectSource() {
  connect(&source_, &CurveSource::seriesChanged, this, [this] {
    followMetrics();
    showSeries();
  });
  connect(&source_, &CurveSource::grown, this, [this] { panel()->grow(); });
  connect(&source_, &CurveSource::readFailed, this, [this](const QString& reason) {
    note_->setText(tr("The workspace cannot be read; the curves are as last read: %1").arg(reason));
    note_->setVisible(true);
  });
  connect(&context_, &AppContext::dataChanged, this, [this] {
    if (isVisible()) {
      source_.refresh();
    }
  });
  connect(&context_, &AppContext::selectionChanged, this, &WatchPage::followSelection);
  connect(&context_, &AppContext::runsRead, this, [this] {
    if (run_ids_.empty()) {
      followSelection();
    }
  });
}

void WatchPage::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  source_.refresh();
}

void WatchPage::showPanel(int index) {
  if (index < 0 || index >= panelCount()) {
    return;
  }
  if (index != tabs_->currentIndex()) {
    tabs_->setCurrentIndex(index);  // which comes back here
    return;
  }
  followMetrics();
  takeDisplay();
  showSeries();
}

QJsonObject WatchPage::state() const {
  QJsonObject state;
  state[QLatin1String("panel")] = tabs_->currentIndex();
  state[QLatin1String("x")] = x_axis_->currentIndex();
  state[QLatin1String("smoothing")] = smoothing_->value();
  state[QLatin1String("log")] = log_->isChecked();
  for (const WatchPanel* panel : panels_) {
    if (const QJsonObject own = panel->state(); !own.isEmpty()) {
      state[panel->objectName()] = own;
    }
  }
  return state;
}

void WatchPage::setState(const QJsonObject& state) {
  x_axis_->setCurrentIndex(std::clamp(state[QLatin1String("x")].toInt(), 0, x_axis_->count() - 1));
  smoothing_->setValue(state[QLatin1String("smoothing")].toInt());
  log_->setChecked(state[QLatin1String("log")].toBool());
  for (WatchPanel* panel : panels_) {
    panel->setState(state[panel->objectName()].toObject());
  }
  showPanel(std::clamp(state[QLatin1String("panel")].toInt(), 0, panelCount() - 1));
}

void WatchPage::followSelection() {
  run_ids_ = context_.selectedRuns();
  run_ids_.resize(std::min(run_ids_.size(), kMostRuns));
  followMetrics();
  askCatalogue();
  showSeries();
}

void WatchPage::followMetrics() {
  source_.follow(
      run_ids_, panel()->wantedMetrics(source_.metricNames()), xQuantity() != XQuantity::kStep);
}

void WatchPage::showSeries() {
  if (run_ids_.empty()) {
    showEmptyState();
    return;
  }
  const std::size_t selected = context_.selectedRuns().size();
  const std::vector<WatchedRun> watched = watchedRuns();
  note_->setText(
      selected > kMostRuns
          ? tr("The first %1 of %2 selected runs are shown.").arg(kMostRuns).arg(selected)
          : nameOfOnlyOne(watched));
  note_->setVisible(!note_->text().isEmpty());
  panel()->setRuns(watched, source_.metricNames());
  stack_->setCurrentWidget(panel());
}

void WatchPage::showEmptyState() {
  if (context_.runs().empty()) {
    empty_->tellNoRuns();
  } else {
    empty_->tellNoneSelected(tr("Select one or several runs to watch their curves."));
  }
  note_->setVisible(false);
  stack_->setCurrentWidget(empty_);
}

void WatchPage::takeDisplay() {
  WatchDisplay display;
  display.x = xQuantity();
  display.half_life = halfLifeOf(smoothing_->value());
  display.is_log = log_->isChecked();
  display.is_following = follow_->isChecked();
  smoothing_label_->setText(display.half_life > 0
                                ? tr("Smoothing: %1 steps").arg(std::lround(display.half_life))
                                : tr("Smoothing: off"));
  panel()->setDisplay(display);
}

XQuantity WatchPage::xQuantity() const {
  return static_cast<XQuantity>(x_axis_->currentData().toInt());
}

/// Units and documentation of the metrics, from the trainer of the first run.
void WatchPage::askCatalogue() {
  const RunRecord* run = run_ids_.empty() ? nullptr : context_.findRun(run_ids_.front());
  if (run == nullptr || run->spec.trainer == catalogue_trainer_) {
    return;
  }
  catalogue_trainer_ = run->spec.trainer;
  catalogue_query_.run<Catalogue>(
      [trainer = catalogue_trainer_](storage::WorkspaceStore& store) {
        return loadCatalogue(store.paths(), trainer);
      },
      [this](const Result<Catalogue>& catalogue) {
        if (catalogue) {  // without one the metrics' names must do
          for (WatchPanel* panel : panels_) {
            panel->setCatalogue(*catalogue);
          }
        }
      });
}

WatchPanel* WatchPage::panel() const {
  return panels_[static_cast<std::size_t>(std::clamp(tabs_->currentIndex(), 0, panelCount() - 1))];
}

std::vector<WatchedRun> WatchPage::watchedRuns() const {
  std::vector<WatchedRun> watched;
  QStringList names;
  for (const std::string& run_id : run_ids_) {
    names.append(nameOf(context_.findRun(run_id), run_id));
  }
  names = distinctNames(names);
  for (const std::string& run_id : run_ids_) {
    WatchedRun run;
    run.run_id = run_id;
    run.name = names[static_cast<qsizetype>(watched.size())];
    run.color = {runColor(run_id, false), runColor(run_id, true)};
    run.series = source_.seriesOf(run_id);
    run.keys = source_.keysOf(run_id);
    run.clock = source_.clockOf(run_id);
    watched.push_back(std::move(run));
  }
  return watched;
}

}  // namespace retort::gui
