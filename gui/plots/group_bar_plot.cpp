#include "gui/plots/group_bar_plot.h"

#include "gui/plots/axis_range.h"
#include "gui/plots/tick_label.h"

#include <QFontMetrics>
#include <QHelpEvent>
#include <QToolTip>
#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

namespace retort::gui {
namespace {

constexpr double kNameShare = 0.4;     ///< of the width, at most, for names
constexpr double kRowsPerLine = 1.45;  ///< height of a group in lines of text

/// Height of a plot in lines of text, with axis and margins.
double linesOf(std::size_t groups) {
  constexpr double kAxisLines = 5;
  return static_cast<double>(std::max<std::size_t>(groups, 2)) * kRowsPerLine + kAxisLines;
}

}  // namespace

GroupBarPlot::GroupBarPlot(QWidget* parent)
    : PlotWidget(parent),
      reference_line_(new QCPItemStraightLine(&canvas())) {
  canvas().yAxis->setRangeReversed(true);
  canvas().yAxis->setSubTicks(false);
  canvas().yAxis->grid()->setVisible(false);
  canvas().xAxis->setTicker(makeTicker(AxisKind::kLinear));
  addGroupMarks(canvas().yAxis, canvas().xAxis, groups_, look_);
  // Nothing moves over the plot, which may be many screens tall, and each name stands there once.
  canvas().layer(QStringLiteral("overlay"))->setMode(QCPLayer::lmLogical);
  canvas().setPlottingHint(QCP::phCacheLabels, false);
  reference_line_->setSelectable(false);
  reference_line_->setLayer(QStringLiteral("grid"));
  GroupBarPlot::applyStyle(style());
}

void GroupBarPlot::setGroups(std::vector<GroupValues> groups) {
  if (groups != groups_) {
    groups_ = std::move(groups);
    updateGeometry();
    refit();
    scheduleReplot();
  }
}

void GroupBarPlot::setLook(Look look) {
  look_.has_bars = look == Look::kBars;
  refit();
  replotSoon();
}

void GroupBarPlot::setValueLabel(const QString& label) {
  canvas().xAxis->setLabel(label);
  replotSoon();
}

void GroupBarPlot::setReference(std::optional<double> value) {
  if (value != reference_) {
    reference_ = value;
    refit();
    replotSoon();
  }
}

double GroupBarPlot::valueAxisLower() const {
  return canvas().xAxis->range().lower;
}

double GroupBarPlot::valueAxisUpper() const {
  return canvas().xAxis->range().upper;
}

double GroupBarPlot::neededHeightMm(double font_pt) const {
  constexpr double kMmPerPoint = 25.4 / 72;
  constexpr double kLinesPerPoint = 1.3;
  constexpr double kLeastMm = 45;
  return std::max(kLeastMm, linesOf(groups_.size()) * font_pt * kLinesPerPoint * kMmPerPoint);
}

QSize GroupBarPlot::minimumSizeHint() const {
  const double height = linesOf(groups_.size()) * QFontMetrics(font()).height();
  return {PlotWidget::minimumSizeHint().width(), static_cast<int>(std::lround(height))};
}

QSize GroupBarPlot::sizeHint() const {
  return {PlotWidget::sizeHint().width(), minimumSizeHint().height()};
}

void GroupBarPlot::applyStyle(const PlotStyle& style) {
  PlotWidget::applyStyle(style);
  look_.style = style;
  reference_line_->setPen(QPen(style.muted, style.unit, Qt::DashLine));
  canvas().yAxis->setTickLength(0, 0);
  refit();
}

bool GroupBarPlot::isEmpty() const {
  return groups_.empty();
}

void GroupBarPlot::prepareReplot(int width) {
  elideNames(width);
}

bool GroupBarPlot::event(QEvent* event) {
  if (event->type() == QEvent::ToolTip) {
    const auto* help = static_cast<QHelpEvent*>(event);
    QToolTip::showText(help->globalPos(), toolTipAt(help->pos().y()), this);
    return true;
  }
  return PlotWidget::event(event);
}

/// Ranges and names for other groups, or for letters of another size.
void GroupBarPlot::refit() {
  showReference();
  fitValueAxis();
  const double last = static_cast<double>(std::max<std::size_t>(groups_.size(), 1)) - 1;
  canvas().yAxis->setRange(-0.7, last + 0.7);
  elided_for_ = -1;
}

void GroupBarPlot::showReference() {
  reference_line_->setVisible(reference_.has_value());
  reference_line_->point1->setCoords(reference_.value_or(0), 0);
  reference_line_->point2->setCoords(reference_.value_or(0), 1);
}

void GroupBarPlot::fitValueAxis() {
  RangeFinder values(false);
  for (const GroupValues& group : groups_) {
    for (const double value : group.values) {
      values.include(value);
    }
    for (const auto& edge : {group.mean, group.low, group.high}) {
      if (edge) {
        values.include(*edge);
      }
    }
  }
  if (reference_) {
    values.include(*reference_);
  }
  if (look_.has_bars) {
    values.include(0);
  }
  AxisRange range = values.padded();
  if (look_.has_bars && !values.isEmpty()) {
    range.lower = values.exact().lower >= 0 ? 0 : range.lower;
    range.upper = values.exact().upper <= 0 ? 0 : range.upper;
    range = saneRange(range, false);
  }
  canvas().xAxis->setRange(range.lower, range.upper);
}

void GroupBarPlot::elideNames(int width) {
  if (width == elided_for_) {
    return;
  }
  elided_for_ = width;
  const QFontMetrics metrics(canvas().yAxis->tickLabelFont());
  const int available = static_cast<int>(std::lround(width * kNameShare));
  const QSharedPointer<QCPAxisTickerText> ticker(new QCPAxisTickerText);
  for (std::size_t row = 0; row < groups_.size(); ++row) {
    const QString remark =
        groups_[row].remark.isEmpty() ? QString() : tr(" (%1)").arg(groups_[row].remark);
    const int room = std::max(0, available - metrics.horizontalAdvance(remark));
    ticker->addTick(static_cast<double>(row),
                    metrics.elidedText(groups_[row].name, Qt::ElideMiddle, room) + remark);
  }
  canvas().yAxis->setTicker(ticker);
}

QString GroupBarPlot::toolTipAt(int y) const {
  const auto row = static_cast<qint64>(std::lround(canvas().yAxis->pixelToCoord(y)));
  if (row < 0 || row >= static_cast<qint64>(groups_.size())) {
    return {};
  }
  const GroupValues& group = groups_[static_cast<std::size_t>(row)];
  QStringList lines(group.name);
  if (group.mean) {
    lines.append(tr("mean %1").arg(valueLabel(*group.mean)));
  }
  for (const double value : group.values) {
    lines.append(valueLabel(value));
  }
  if (!group.remark.isEmpty()) {
    lines.append(group.remark);
  }
  return QStringLiteral("<p style='white-space:pre'>%1</p>")
      .arg(lines.join(QLatin1Char('\n')).toHtmlEscaped());
}

}  // namespace retort::gui
