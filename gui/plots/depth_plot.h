#pragma once

#include "gui/plots/curve_plot.h"

namespace retort::gui {

/// Values by depth: one line a profile, with a dot at each layer; everything always in sight until
/// the user zooms.
class DepthPlot final : public CurvePlot {
  Q_OBJECT

 public:
  explicit DepthPlot(QWidget* parent = nullptr);

  /// `reference`: a dashed line across, for example at the teacher's ratio of 1.
  void setQuantity(const QString& label,
                   std::optional<double> reference = {},
                   const QString& reference_name = {});
};

}  // namespace retort::gui
