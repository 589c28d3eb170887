#pragma once

#include "gui/plots/plot_style.h"

#include <QPointF>
#include <QString>

#include <vector>

class QCustomPlot;

namespace retort::gui {

/// One curve's value under the pointer.
struct ReadOutEntry {
  QString name;
  QColor color;
  double x = 0;
  double y = 0;

  bool operator==(const ReadOutEntry&) const = default;
};

/// A line through the plot at one x, and beside it a box with the values of all curves there. Drawn
/// on a layer of its own, so that moving it does not draw the curves again.
class ReadOut {
 public:
  /// The canvas owns what is drawn.
  explicit ReadOut(QCustomPlot& canvas);

  void show(double x, const QString& heading, std::vector<ReadOutEntry> entries);
  /// Only the line, as for a plot whose neighbour is looked at.
  void showLine(double x);
  void hide();

  [[nodiscard]] bool isShown() const;

  void setStyle(const PlotStyle& style);

 private:
  class Item;
  Item* item_;
};

}  // namespace retort::gui
