#include "gui/plots/read_out.h"

#include "gui/plots/tick_label.h"

#include <qcustomplot.h>

#include <algorithm>
#include <utility>

namespace retort::gui {
namespace {

constexpr int kPadding = 6;
constexpr int kSwatch = 10;
constexpr int kMostNameWidth = 260;
constexpr int kBoxAlpha = 235;

}  // namespace

class ReadOut::Item final : public QCPAbstractItem {
 public:
  explicit Item(QCustomPlot* canvas) : QCPAbstractItem(canvas) {
    setSelectable(false);
    setVisible(false);
  }

  double selectTest(const QPointF&, bool, QVariant*) const override { return -1; }

  PlotStyle style;
  double x = 0;
  QString heading;
  std::vector<ReadOutEntry> entries;

 protected:
  void draw(QCPPainter* painter) override {
    const QRect rect = mParentPlot->axisRect()->rect();
    const double at = mParentPlot->xAxis->coordToPixel(x);
    if (at < rect.left() || at > rect.right() || style.is_paper) {
      return;
    }
    painter->setAntialiasing(false);
    painter->setPen(QPen(style.muted, 0, Qt::DashLine));
    painter->drawLine(QLineF(at, rect.top(), at, rect.bottom()));
    if (!heading.isEmpty()) {
      drawBox(*painter, rect, at);
    }
  }

 private:
  void drawBox(QCPPainter& painter, const QRect& rect, double at) const {
    const QFontMetrics metrics(style.font);
    const int line = metrics.height();
    const auto fitting =
        static_cast<std::size_t>(std::max(1, (rect.height() - 2 * kPadding) / line - 2));
    const std::size_t shown = std::min(entries.size(), fitting);
    const bool is_cut = shown < entries.size();
    int name_width = metrics.horizontalAdvance(heading);
    int value_width = 0;
    for (std::size_t i = 0; i < shown; ++i) {
      name_width = std::max(name_width, metrics.horizontalAdvance(entries[i].name));
      value_width = std::max(value_width, metrics.horizontalAdvance(valueLabel(entries[i].y)));
    }
    name_width = std::min(name_width, std::min(kMostNameWidth, rect.width() / 2));
    const QSize size(3 * kPadding + kSwatch + name_width + 2 * kPadding + value_width,
                     2 * kPadding + line * static_cast<int>(shown + 1 + (is_cut ? 1 : 0)));
    const bool is_right = at + 12 + size.width() <= rect.right();
    const int left = static_cast<int>(is_right ? at + 12 : at - 12 - size.width());
    const QRect box(QPoint(std::max(left, rect.left()), rect.top() + kPadding), size);
    QColor background = style.background;
    background.setAlpha(kBoxAlpha);
    painter.setPen(QPen(style.grid, 0));
    painter.setBrush(background);
    painter.drawRect(box);
    painter.setFont(style.font);
    painter.setPen(QPen(style.foreground));
    QRect row(box.left() + kPadding, box.top() + kPadding, size.width() - 2 * kPadding, line);
    painter.drawText(row, Qt::AlignLeft | Qt::TextSingleLine, heading);
    for (std::size_t i = 0; i < shown; ++i) {
      row.translate(0, line);
      drawEntry(painter, metrics, row, entries[i], name_width);
    }
    if (is_cut) {
      row.translate(0, line);
      painter.setPen(QPen(style.muted));
      painter.drawText(row,
                       Qt::AlignLeft | Qt::TextSingleLine,
                       QObject::tr("%1 more").arg(entries.size() - shown));
    }
  }

  void drawEntry(QCPPainter& painter,
                 const QFontMetrics& metrics,
                 const QRect& row,
                 const ReadOutEntry& entry,
                 int name_width) const {
    const QRect swatch(row.left(), row.center().y() - 1, kSwatch, 3);
    painter.fillRect(swatch, entry.color);
    painter.setPen(QPen(style.foreground));
    painter.drawText(row.adjusted(kSwatch + kPadding, 0, 0, 0),
                     Qt::AlignLeft | Qt::TextSingleLine,
                     metrics.elidedText(entry.name, Qt::ElideMiddle, name_width));
    painter.drawText(row, Qt::AlignRight | Qt::TextSingleLine, valueLabel(entry.y));
  }
};

ReadOut::ReadOut(QCustomPlot& canvas) : item_(new Item(&canvas)) {
  const QString layer = QStringLiteral("read-out");
  canvas.addLayer(layer);
  canvas.layer(layer)->setMode(QCPLayer::lmBuffered);
  item_->setLayer(layer);
}

void ReadOut::show(double x, const QString& heading, std::vector<ReadOutEntry> entries) {
  item_->x = x;
  item_->heading = heading;
  item_->entries = std::move(entries);
  item_->setVisible(true);
  item_->layer()->replot();
}

void ReadOut::showLine(double x) {
  show(x, QString(), {});
}

void ReadOut::hide() {
  if (item_->visible()) {
    item_->setVisible(false);
    item_->layer()->replot();
  }
}

bool ReadOut::isShown() const {
  return item_->visible();
}

void ReadOut::setStyle(const PlotStyle& style) {
  item_->style = style;
}

}  // namespace retort::gui
