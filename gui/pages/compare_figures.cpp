#include "gui/pages/compare_figures.h"

#include "gui/models/icons.h"
#include "gui/plots/comparison_figures.h"
#include "gui/plots/curve_plot.h"
#include "gui/plots/figure_export.h"

#include <QCheckBox>
#include <QComboBox>
#include <QCompleter>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QScrollArea>
#include <QStackedWidget>
#include <QTabBar>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace retort::gui {
namespace {

constexpr int kEveryRun = -1;        // beside the kinds of spread
constexpr int kShortestMetric = 10;  // characters that its box has room for at least

QStringList metricsFor(const ComparisonData& data) {
  std::vector<std::string> names;
  const auto add = [&names](const std::vector<std::string>& more) {
    names.insert(names.end(), more.begin(), more.end());
  };
  switch (data.figure.kind) {
    case FigureKind::kValues:
      for (const ComparisonColumn& column : data.table.columns) {
        if (std::find(names.begin(), names.end(), column.metric.name) == names.end()) {
          names.push_back(column.metric.name);
        }
      }
      break;
    case FigureKind::kCurves:
      add(data.choices.metrics);
      add(data.choices.curves);
      break;
    case FigureKind::kDepth:
      add(data.choices.by_layer);
      break;
  }
  QStringList list;
  for (const std::string& name : names) {
    list.append(QString::fromStdString(name));
  }
  return list;
}

QComboBox* makeBox(const QString& name, QWidget* parent) {
  auto* box = new QComboBox(parent);
  box->setAccessibleName(name);
  box->setToolTip(name);
  return box;
}

}  // namespace

CompareFigures::CompareFigures(QWidget* parent)
    : QWidget(parent),
      kinds_(new QTabBar(this)),
      metrics_(makeBox(tr("Metric"), this)),
      spreads_(makeBox(tr("Around the mean"), this)),
      looks_(makeBox(tr("Look"), this)),
      profile_values_(makeBox(tr("Value of a curve"), this)),
      is_log_(new QCheckBox(tr("&Logarithmic"), this)),
      plots_(new QStackedWidget(this)),
      values_(new GroupBarPlot(plots_)),
      curves_(new CurvePlot(plots_)),
      profiles_(new CurvePlot(plots_)) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  buildControls();
  auto* scroll = new QScrollArea(plots_);
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setFocusPolicy(Qt::NoFocus);  // the plot in it takes the keys
  scroll->setWidget(values_);
  plots_->addWidget(scroll);
  plots_->addWidget(curves_);
  plots_->addWidget(profiles_);
  layout->addWidget(plots_, 1);
  values_->setName(tr("Values by group"));
  curves_->setName(tr("Curves by group"));
  profiles_->setName(tr("Values by depth and group"));
  values_->setEmptyText(tr("No runs to compare yet"));
  connectAll();
  chooseKind(0);
}

void CompareFigures::buildControls() {
  kinds_->addTab(tr("V&alues"));
  kinds_->addTab(tr("&Curves"));
  kinds_->addTab(tr("By dep&th"));
  kinds_->setAccessibleName(tr("Kind of figure"));
  kinds_->setExpanding(false);
  kinds_->setDrawBase(false);
  kinds_->setUsesScrollButtons(false);
  kinds_->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
  metrics_->setEditable(true);
  metrics_->setInsertPolicy(QComboBox::NoInsert);
  metrics_->completer()->setFilterMode(Qt::MatchContains);
  metrics_->completer()->setCompletionMode(QCompleter::PopupCompletion);
  metrics_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  metrics_->setMinimumContentsLength(kShortestMetric);
  spreads_->addItem(tr("± standard deviation"), static_cast<int>(Spread::kDeviation));
  spreads_->addItem(tr("confidence interval"), static_cast<int>(Spread::kInterval));
  spreads_->addItem(tr("mean only"), static_cast<int>(Spread::kNone));
  spreads_->addItem(tr("every run"), kEveryRun);
  for (QComboBox* box : {spreads_, profile_values_}) {
    box->setMinimumWidth(kShortestMetric * fontMetrics().averageCharWidth());  // elided then
  }
  looks_->addItem(tr("points"), static_cast<int>(GroupBarPlot::Look::kPoints));
  looks_->addItem(tr("bars"), static_cast<int>(GroupBarPlot::Look::kBars));
  profile_values_->addItem(tr("last step"), static_cast<int>(ProfileValue::kLast));
  profile_values_->addItem(tr("mean of all steps"), static_cast<int>(ProfileValue::kMean));
  auto* save = new QToolButton(this);
  save->setIcon(icon(QStringLiteral("export")));
  save->setText(tr("Save fi&gure…"));
  save->setToolTip(tr("Save the figure as PDF, SVG or PNG"));
  save->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  save->setAutoRaise(true);
  connect(save, &QToolButton::clicked, this, &CompareFigures::exportRequested);
  auto* line = new QHBoxLayout;
  line->addWidget(kinds_);
  line->addWidget(metrics_, 1);
  line->addWidget(spreads_);
  line->addWidget(looks_);
  line->addWidget(profile_values_);
  line->addWidget(is_log_);
  line->addWidget(save);
  qobject_cast<QVBoxLayout*>(layout())->addLayout(line);
}

void CompareFigures::connectAll() {
  connect(kinds_, &QTabBar::currentChanged, this, [this](int index) {
    chooseKind(index);
    Q_EMIT edited();
  });
  const auto choose_metric = [this] {
    const std::string name = metrics_->currentText().trimmed().toStdString();
    if (name != chosen_[kinds_->currentIndex()]) {
      chosen_[kinds_->currentIndex()] = name;
      Q_EMIT edited();
    }
  };
  connect(metrics_, &QComboBox::textActivated, this, choose_metric);
  connect(metrics_->lineEdit(), &QLineEdit::returnPressed, this, choose_metric);
  connect(spreads_, &QComboBox::activated, this, &CompareFigures::edited);
  connect(profile_values_, &QComboBox::activated, this, &CompareFigures::edited);
  connect(looks_, &QComboBox::activated, this, [this] {
    values_->setLook(static_cast<GroupBarPlot::Look>(looks_->currentData().toInt()));
  });
  connect(is_log_, &QCheckBox::toggled, this, [this](bool is_log) {
    (kind() == FigureKind::kCurves ? curves_ : profiles_)->view().setLogY(is_log);
  });
}

void CompareFigures::chooseKind(int index) {
  plots_->setCurrentIndex(index);
  looks_->setVisible(kind() == FigureKind::kValues);
  profile_values_->setVisible(kind() == FigureKind::kDepth);
  is_log_->setVisible(kind() != FigureKind::kValues);
  if (kind() != FigureKind::kValues) {
    is_log_->setChecked((kind() == FigureKind::kCurves ? curves_ : profiles_)->view().isLogY());
  }
}

void CompareFigures::showData(const ComparisonData& comparison) {
  if (comparison.figure.kind != kind()) {
    return;
  }
  showMetrics(comparison);
  const QString problem = QString::fromStdString(comparison.figure_error);
  curves_->setEmptyText(problem.isEmpty() ? tr("No run has this curve") : problem);
  profiles_->setEmptyText(problem.isEmpty() ? tr("No run has recorded this metric by layer")
                                            : problem);
  switch (comparison.figure.kind) {
    case FigureKind::kValues:
      showValues(*values_, comparison);
      break;
    case FigureKind::kCurves:
      showCurves(*curves_, comparison);
      break;
    case FigureKind::kDepth:
      showProfiles(*profiles_, comparison);
      break;
  }
}

FigureRequest CompareFigures::request() const {
  FigureRequest request;
  request.kind = kind();
  request.metric = chosen_[kinds_->currentIndex()];
  const int spread = spreads_->currentData().toInt();
  request.is_by_run = spread == kEveryRun;
  request.spread = request.is_by_run ? Spread::kNone : static_cast<Spread>(spread);
  request.profile_value = static_cast<ProfileValue>(profile_values_->currentData().toInt());
  return request;
}

PlotWidget& CompareFigures::plot() const {
  switch (kind()) {
    case FigureKind::kCurves:
      return *curves_;
    case FigureKind::kDepth:
      return *profiles_;
    case FigureKind::kValues:
      break;
  }
  return *values_;
}

double CompareFigures::neededHeightMm() const {
  return kind() == FigureKind::kValues ? values_->neededHeightMm(FigureOptions{}.font_pt) : 0;
}

void CompareFigures::showMetrics(const ComparisonData& comparison) {
  if (metrics_->lineEdit()->hasFocus() && metrics_->lineEdit()->isModified()) {
    return;  // someone is typing
  }
  const QStringList names = metricsFor(comparison);
  QStringList shown;
  for (int i = 0; i < metrics_->count(); ++i) {
    shown.append(metrics_->itemText(i));
  }
  if (names != shown) {
    metrics_->clear();
    metrics_->addItems(names);
  }
  metrics_->setEditText(QString::fromStdString(comparison.figure.metric));
}

FigureKind CompareFigures::kind() const {
  return static_cast<FigureKind>(kinds_->currentIndex());
}

}  // namespace retort::gui
