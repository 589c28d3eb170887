#pragma once

#include "gui/plots/curve.h"
#include "gui/plots/plot_widget.h"

#include <QCoreApplication>
#include <QImage>
#include <QPixmap>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace retort::gui {

inline Curve makeCurve(const std::string& id, std::vector<Sample> samples, int color = 0) {
  Curve curve;
  curve.id = id;
  curve.name = QString::fromStdString(id);
  curve.color = seriesColors(color);
  curve.data = std::make_shared<const SeriesData>(std::move(samples));
  return curve;
}

/// Shows the plot at a size and draws it.
inline QImage pictureOf(PlotWidget& plot, const QSize& size = {640, 400}) {
  plot.resize(size);
  plot.show();
  QCoreApplication::processEvents();
  plot.replotNow();
  return plot.grab().toImage();
}

/// Pixels that have just this colour.
inline int countPixels(const QImage& image, const QColor& color) {
  int count = 0;
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      count += image.pixelColor(x, y) == color ? 1 : 0;
    }
  }
  return count;
}

}  // namespace retort::gui
