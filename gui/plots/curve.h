#pragma once

#include "gui/models/series_data.h"
#include "gui/plots/plot_style.h"

#include <QString>

#include <memory>
#include <string>

namespace retort::gui {

/// A curve ready to be drawn. The data may grow while it is shown; the plot is told by
/// `dataChanged`.
struct Curve {
  std::string id;  ///< one of its plot: what the user hid stays hidden while curves come and go
  QString name;
  PlotColor color;
  Qt::PenStyle pen = Qt::SolidLine;
  std::shared_ptr<const SeriesData> data;
  std::shared_ptr<const SeriesData> raw;         ///< paler behind it; null: none
  std::shared_ptr<const SeriesData> band_lower;  ///< a band behind it, at the x of `band_upper`;
  std::shared_ptr<const SeriesData> band_upper;  ///< null: none
};

}  // namespace retort::gui
