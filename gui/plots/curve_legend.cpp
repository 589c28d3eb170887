#include "gui/plots/curve_legend.h"

#include <QFontMetrics>
#include <qcustomplot.h>

#include <algorithm>

namespace retort::gui {
namespace {

constexpr double kNameShare = 0.5;     // of the width, for one name
constexpr double kHeightShare = 0.33;  // for all names
constexpr int kIconWidth = 22;
constexpr int kIconHeight = 10;
constexpr int kIconRoom = 45;  // with what is beside it
constexpr double kLineWidth = 2;

class LegendItem final : public QCPAbstractLegendItem {
 public:
  LegendItem(QCPLegend* legend, const QString& name, const QPen& pen)
      : QCPAbstractLegendItem(legend),
        name_(name),
        pen_(pen) {}

 protected:
  void draw(QCPPainter* painter) override {
    const QSize icon = mParentLegend->iconSize();
    const int gap = mParentLegend->iconTextPadding();
    painter->setAntialiasing(true);
    if (pen_.style() != Qt::NoPen) {
      painter->setPen(pen_);
      const double middle = mRect.center().y();
      painter->drawLine(QLineF(mRect.left(), middle, mRect.left() + icon.width(), middle));
    }
    painter->setFont(mParentLegend->font());
    painter->setPen(QPen(mParentLegend->textColor()));
    painter->drawText(mRect.adjusted(icon.width() + gap, 0, 0, 0),
                      Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                      name_);
  }

  [[nodiscard]] QSize minimumOuterSizeHint() const override {
    const QFontMetrics metrics(mParentLegend->font());
    const QSize icon = mParentLegend->iconSize();
    const int width = icon.width() + mParentLegend->iconTextPadding() +
                      metrics.horizontalAdvance(name_) + mMargins.left() + mMargins.right();
    return {width, std::max(metrics.height(), icon.height()) + mMargins.top() + mMargins.bottom()};
  }

 private:
  QString name_;
  QPen pen_;
};

}  // namespace

CurveLegend::CurveLegend(QCustomPlot& canvas) : canvas_(canvas) {
  canvas_.setAutoAddPlottableToLegend(false);
  canvas_.legend->setVisible(false);
}

void CurveLegend::setShown(bool is_shown) {
  QCPLegend* legend = canvas_.legend;
  if (is_shown == legend->visible()) {
    return;
  }
  legend->setVisible(is_shown);
  QCPLayoutGrid* layout = canvas_.plotLayout();
  if (is_shown) {
    layout->addElement(layout->rowCount(), 0, legend);
    layout->setRowStretchFactor(layout->rowCount() - 1, 0.001);
  } else {
    canvas_.axisRect()->insetLayout()->addElement(legend, Qt::AlignRight | Qt::AlignTop);
    layout->simplify();
  }
}

void CurveLegend::setStyle(const PlotStyle& style) {
  style_ = style;
  const auto units = [&](double length) {
    return static_cast<int>(length * style.unit);
  };
  QCPLegend* legend = canvas_.legend;
  legend->setFont(style.font);
  legend->setTextColor(style.foreground);
  legend->setBrush(Qt::NoBrush);
  legend->setBorderPen(Qt::NoPen);
  legend->setIconSize(units(kIconWidth), units(kIconHeight));
  legend->setIconTextPadding(units(5));
  legend->setColumnSpacing(units(14));
  legend->setRowSpacing(units(1));
  legend->setMargins(QMargins(units(10), 0, units(10), units(4)));
}

void CurveLegend::fill(const CurveSet& curves, int width, int height) {
  QCPLegend* legend = canvas_.legend;
  legend->clearItems();
  if (!legend->visible()) {
    return;
  }
  const std::vector<const Curve*> visible = curves.visible();
  const QFontMetrics metrics(style_.font);
  const int icon = static_cast<int>(kIconRoom * style_.unit);
  const int most = static_cast<int>(width * kNameShare) - icon;
  QStringList names;
  int widest = 1;
  for (const Curve* curve : visible) {
    names.append(metrics.elidedText(curve->name, Qt::ElideMiddle, most));
    widest = std::max(widest, metrics.horizontalAdvance(names.back()));
  }
  const int columns = std::max(1, width / (widest + icon));
  const int rows = std::max(1, static_cast<int>(height * kHeightShare) / metrics.height());
  const qsizetype room = static_cast<qsizetype>(columns) * rows;
  const bool is_cut = names.size() > room;
  for (qsizetype i = 0; i < std::min(names.size(), room); ++i) {
    const Curve& curve = *visible[static_cast<std::size_t>(i)];
    if (is_cut && i == room - 1) {
      const QString rest = QObject::tr("%1 more").arg(names.size() - room + 1);
      legend->addItem(new LegendItem(legend, rest, Qt::NoPen));
    } else {
      const QPen pen(curve.color.on(style_), kLineWidth * style_.unit, curve.pen, Qt::RoundCap);
      legend->addItem(new LegendItem(legend, names[i], pen));
    }
  }
  legend->setFillOrder(QCPLayoutGrid::foColumnsFirst, false);
  legend->setWrap(columns);
  legend->setFillOrder(QCPLayoutGrid::foColumnsFirst, true);
}

}  // namespace retort::gui
