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

constexpr double kBarWidth = 0.62;
constexpr double kDotSpread = 0.17;    ///< runs of a group lie this far above and below its middle
constexpr double kNameShare = 0.4;     ///< of the width, at most, for names
constexpr double kRowsPerLine = 1.45;  ///< height of a group in lines of text
constexpr std::size_t kMostSmoothDots = 30;  ///< of a group; more take too long, and overlap

QColor withAlpha(QColor color, int alpha) {
  color.setAlpha(alpha);
  return color;
}

/// Height of a plot in lines of text, with axis and margins.
double linesOf(std::size_t groups) {
  constexpr double kAxisLines = 5;
  return static_cast<double>(std::max<std::size_t>(groups, 2)) * kRowsPerLine + kAxisLines;
}

/// From -kDotSpread to kDotSpread, so that equal values stay apart.
double offsetOf(std::size_t run, std::size_t count) {
  return count < 2
             ? 0.0
             : kDotSpread * (2.0 * static_cast<double>(run) / static_cast<double>(count - 1) - 1.0);
}

}  // namespace

GroupBarPlot::GroupBarPlot(QWidget* parent) : PlotWidget(parent) {
  canvas().yAxis->setRangeReversed(true);
  canvas().yAxis->setSubTicks(false);
  canvas().yAxis->grid()->setVisible(false);
  canvas().xAxis->setTicker(makeTicker(AxisKind::kLinear));
  applyStyle(style());
}

void GroupBarPlot::setGroups(std::vector<GroupValues> groups) {
  if (groups != groups_) {
    groups_ = std::move(groups);
    updateGeometry();
    rebuild();
    scheduleReplot();
  }
}

void GroupBarPlot::setLook(Look look) {
  if (look != look_) {
    look_ = look;
    rebuild();
    replotSoon();
  }
}

void GroupBarPlot::setValueLabel(const QString& label) {
  canvas().xAxis->setLabel(label);
  replotSoon();
}

void GroupBarPlot::setReference(std::optional<double> value) {
  if (value != reference_) {
    reference_ = value;
    rebuild();
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
  canvas().yAxis->setTickLength(0, 0);
  rebuild();
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

/// Draws everything anew: there are few parts, and all of them depend on the style.
void GroupBarPlot::rebuild() {
  canvas().clearPlottables();
  // The sentence of an empty plot is an item too: only those that were added here go.
  for (int i = canvas().itemCount() - 1; i >= 0; --i) {
    if (canvas().item(i)->property("isOfGroup").toBool()) {
      canvas().removeItem(i);
    }
  }
  for (std::size_t row = 0; row < groups_.size(); ++row) {
    addBar(row);
    addSpread(row);
    addRuns(row);
  }
  addReference();
  fitValueAxis();
  const double last = static_cast<double>(std::max<std::size_t>(groups_.size(), 1)) - 1;
  canvas().yAxis->setRange(-0.7, last + 0.7);
  elided_for_ = -1;
}

void GroupBarPlot::addBar(std::size_t row) {
  const GroupValues& group = groups_[row];
  if (look_ != Look::kBars || !group.mean) {
    return;
  }
  const QColor color = group.color.on(style());
  auto* bar = new QCPBars(canvas().yAxis, canvas().xAxis);
  bar->setWidth(kBarWidth);
  bar->setPen(QPen(color, style().unit));
  bar->setBrush(withAlpha(color, 90));
  bar->addData(static_cast<double>(row), *group.mean);
}

void GroupBarPlot::addSpread(std::size_t row) {
  const GroupValues& group = groups_[row];
  if (!group.mean) {
    return;
  }
  const QColor color = group.color.on(style());
  auto* mean = new QCPGraph(canvas().yAxis, canvas().xAxis);
  mean->setLineStyle(QCPGraph::lsNone);
  if (look_ == Look::kPoints) {
    mean->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDiamond,
                                          QPen(color, 1.5 * style().unit),
                                          QBrush(color),
                                          9 * style().unit));
  }
  mean->addData(static_cast<double>(row), *group.mean);
  if (group.low && group.high) {
    auto* spread = new QCPErrorBars(canvas().yAxis, canvas().xAxis);
    spread->setDataPlottable(mean);
    spread->setErrorType(QCPErrorBars::etValueError);
    spread->setPen(QPen(look_ == Look::kBars ? style().foreground : color, 1.5 * style().unit));
    spread->setWhiskerWidth(7 * style().unit);
    spread->setSymbolGap(0);
    spread->addData(*group.mean - *group.low, *group.high - *group.mean);
  }
}

void GroupBarPlot::addRuns(std::size_t row) {
  const GroupValues& group = groups_[row];
  auto* dots = new QCPGraph(canvas().yAxis, canvas().xAxis);
  dots->setLineStyle(QCPGraph::lsNone);
  dots->setAntialiasedScatters(style().is_paper || group.values.size() <= kMostSmoothDots);
  dots->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssCircle,
                                        QPen(group.color.on(style()), style().unit),
                                        QBrush(withAlpha(style().background, 200)),
                                        6 * style().unit));
  for (std::size_t run = 0; run < group.values.size(); ++run) {
    dots->addData(static_cast<double>(row) + offsetOf(run, group.values.size()), group.values[run]);
  }
}

void GroupBarPlot::addReference() {
  if (!reference_) {
    return;
  }
  auto* line = new QCPItemStraightLine(&canvas());
  line->setProperty("isOfGroup", true);
  line->setSelectable(false);
  line->setPen(QPen(style().muted, style().unit, Qt::DashLine));
  line->setLayer(QStringLiteral("grid"));
  line->point1->setCoords(*reference_, 0);
  line->point2->setCoords(*reference_, 1);
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
  if (look_ == Look::kBars) {
    values.include(0);
  }
  AxisRange range = values.padded();
  if (look_ == Look::kBars && !values.isEmpty()) {
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
