#include "gui/pages/watch_panel.h"

#include "gui/pages/tab_order.h"
#include "gui/plots/curve_plot.h"
#include "gui/plots/plot_style.h"

#include <QEvent>
#include <QListView>
#include <QPainter>
#include <QPixmap>
#include <QSplitter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace retort::gui {
namespace {

constexpr std::size_t kLooksAtOnce = 250'000;  // a few milliseconds

constexpr int kLineLength = 24;  // of the samples in the legend
constexpr double kLineWidth = 2;

/// A piece of the line.
QPixmap lineSample(const QColor& color, Qt::PenStyle pen, int height, double pixel_ratio) {
  QPixmap pixmap(QSize(kLineLength, height) * pixel_ratio);
  pixmap.setDevicePixelRatio(pixel_ratio);
  pixmap.fill(Qt::transparent);
  QPainter painter(&pixmap);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(color, kLineWidth, pen, Qt::FlatCap));
  painter.drawLine(QLineF(0, height / 2.0, kLineLength, height / 2.0));
  return pixmap;
}

/// Rows as wide as the view, so that long names are elided and nothing scrolls sideways.
class NarrowDelegate final : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;

  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    return {1, QStyledItemDelegate::sizeHint(option, index).height()};
  }

 protected:
  void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override {
    QStyledItemDelegate::initStyleOption(option, index);
    const auto pen = static_cast<Qt::PenStyle>(index.data(SeriesLegend::kPenRole).toInt());
    const int height = option->fontMetrics.height();
    const double ratio = option->widget == nullptr ? 1 : option->widget->devicePixelRatioF();
    option->decorationSize = {kLineLength, height};
    option->icon = lineSample(index.data(Qt::DecorationRole).value<QColor>(), pen, height, ratio);
    const QStyle* style = option->widget == nullptr ? nullptr : option->widget->style();
    if (style != nullptr && option->rect.width() > 1) {
      const int margins = 2 * (style->pixelMetric(QStyle::PM_FocusFrameHMargin) + 1);
      const QRect text = style->subElementRect(QStyle::SE_ItemViewItemText, option, option->widget);
      option->text = shortened(option->text, option->fontMetrics, text.width() - margins);
    }
  }

 private:
  /// Of "run · curve" the run is cut: its colour names it, too.
  static QString shortened(const QString& text, const QFontMetrics& metrics, int room) {
    const qsizetype end = text.lastIndexOf(QStringLiteral(" · "));
    if (end < 0 || metrics.horizontalAdvance(text) <= room) {
      return text;
    }
    const QString curve = text.mid(end);
    const int left = room - metrics.horizontalAdvance(curve);
    return left < metrics.horizontalAdvance(QStringLiteral("mm…"))
               ? text
               : metrics.elidedText(text.left(end), Qt::ElideMiddle, left) + curve;
  }
};

}  // namespace

WatchPanel::WatchPanel(QWidget* parent)
    : QWidget(parent),
      splitter_(new QSplitter(Qt::Horizontal, this)),
      legend_view_(new QListView(splitter_)) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(splitter_);
  splitter_->setChildrenCollapsible(true);
  legend_view_->setModel(&legend_);
  legend_view_->setUniformItemSizes(true);
  legend_view_->setItemDelegate(new NarrowDelegate(legend_view_));
  legend_view_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  legend_view_->setTextElideMode(Qt::ElideMiddle);
  legend_view_->setFrameShape(QFrame::NoFrame);
  legend_view_->setAccessibleName(tr("Curves"));
  legend_view_->setToolTip(
      tr("Untick a curve to hide it. Double click shows only this one, or all again."));
  legend_view_->setVisible(false);
  growth_timer_.setSingleShot(true);
  connect(&growth_timer_, &QTimer::timeout, this, &WatchPanel::continueGrowing);
  connect(legend_view_, &QListView::doubleClicked, this, [this](const QModelIndex& index) {
    legend_.showOnly(index.row());
  });
  connect(
      &legend_, &SeriesLegend::shownChanged, this, [this](const std::string& id, bool is_shown) {
        for (CurvePlot* plot : plots_) {
          plot->setCurveVisible(id, is_shown);
        }
      });
}

void WatchPanel::setRuns(std::vector<WatchedRun> runs, const std::vector<std::string>& available) {
  // Where one alone of several runs has recorded this, its name need not stand at every curve.
  const auto has_recorded = [](const WatchedRun& run) {
    return !run.series.empty();
  };
  if (std::any_of(runs.begin(), runs.end(), has_recorded)) {
    std::erase_if(runs, [&](const WatchedRun& run) { return !has_recorded(run); });
  }
  runs_ = std::move(runs);
  available_ = available;
  remake();
}

void WatchPanel::setDisplay(const WatchDisplay& display) {
  const bool has_other_x = display.x != display_.x;
  const bool has_other_curves = has_other_x || display.half_life != display_.half_life;
  display_ = display;
  for (CurvePlot* plot : plots_) {
    const bool is_log = display.is_log && linear_plots_.find(plot) == linear_plots_.end();
    if (plot->view().isLogY() != is_log) {
      plot->view().setLogY(is_log);
    }
    plot->view().setFollowing(display.is_following);
  }
  if (has_other_curves) {
    remake();
  }
  if (has_other_x) {
    resetView();
  }
}

void WatchPanel::setCatalogue(const Catalogue& catalogue) {
  catalogue_ = catalogue;
  remake();
}

void WatchPanel::remake() {
  rebuild();
  is_remade_ = true;
  continueGrowing();
}

void WatchPanel::grow() {
  if (growth_timer_.isActive()) {
    is_behind_ = true;
  } else {
    continueGrowing();
  }
}

void WatchPanel::continueGrowing() {
  WorkRoom room(kLooksAtOnce);
  if (!takeSamples(room)) {
    growth_timer_.start();
    return;
  }
  growth_timer_.stop();
  const bool is_other = std::exchange(is_remade_, false);
  showSamples(is_other);
  if (is_other) {
    fillLegend();
  }
  if (std::exchange(is_behind_, false)) {
    growth_timer_.start();
  }
}

void WatchPanel::resetView() {
  for (CurvePlot* plot : plots_) {
    plot->view().reset();
  }
}

void WatchPanel::setPlots(QWidget* plots) {
  splitter_->insertWidget(0, plots);
  splitter_->setStretchFactor(0, 1);
  splitter_->setStretchFactor(1, 0);
  splitter_->setSizes({1000, 230});
  putLastInTabOrder(*this, *legend_view_);
}

void WatchPanel::addPlot(CurvePlot* plot, bool can_be_log) {
  plots_.push_back(plot);
  if (!can_be_log) {
    linear_plots_.insert(plot);
  }
  connect(&plot->view(), &CurveView::followingChanged, this, &WatchPanel::followingChanged);
}

void WatchPanel::fillLegend() {
  const bool is_dark = screenStyle(palette(), font()).is_dark;
  std::vector<LegendEntry> entries;
  for (const CurvePlot* plot : plots_) {
    if (plot->isHidden()) {
      continue;
    }
    for (const Curve& curve : plot->curves()) {
      const bool is_known =
          std::any_of(entries.begin(), entries.end(), [&](const LegendEntry& entry) {
            return entry.id == curve.id;
          });
      if (!is_known) {
        const QColor& color = is_dark ? curve.color.on_dark : curve.color.on_light;
        entries.push_back({curve.id, curve.name, color, curve.pen});
      }
    }
  }
  legend_view_->setVisible(!entries.empty());
  legend_.setEntries(std::move(entries));
}

QString WatchPanel::labelOf(const std::string& metric, const QString& name) const {
  const MetricSpec* spec = specOf(metric);
  const QString text = name.isEmpty() ? QString::fromStdString(metric) : name;
  return spec == nullptr || spec->unit.empty()
             ? text
             : tr("%1 (%2)").arg(text, QString::fromStdString(spec->unit));
}

CurvePlotSetup WatchPanel::curveSetup(const QString& y_label, XQuantity x) {
  CurvePlotSetup setup;
  setup.y_label = y_label;
  switch (x) {
    case XQuantity::kStep:
      setup.x_label = tr("Step");
      setup.x_kind = AxisKind::kSteps;
      break;
    case XQuantity::kElapsed:
      setup.x_label = tr("Time since the first step");
      setup.x_kind = AxisKind::kElapsed;
      break;
    case XQuantity::kClock:
      setup.x_label = tr("Time");
      setup.x_kind = AxisKind::kClock;
      break;
  }
  return setup;
}

QString WatchPanel::documentationOf(const std::string& metric) const {
  const MetricSpec* spec = specOf(metric);
  if (spec == nullptr) {
    return {};
  }
  // Tool tips that look like markup would be shown as such.
  return QStringLiteral("<p>%1: %2</p>")
      .arg(QString::fromStdString(metric).toHtmlEscaped(),
           QString::fromStdString(spec->documentation).toHtmlEscaped());
}

Combination WatchPanel::combinationOf(const std::string& metric) const {
  const MetricSpec* spec = specOf(metric);
  return spec == nullptr ? Combination::kMean : spec->combine;
}

const MetricSpec* WatchPanel::specOf(const std::string& metric) const {
  return catalogue_.findMetric(metric);
}

void WatchPanel::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) {
    fillLegend();
  }
}

}  // namespace retort::gui
