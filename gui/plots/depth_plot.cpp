#include "gui/plots/depth_plot.h"

namespace retort::gui {

DepthPlot::DepthPlot(QWidget* parent) : CurvePlot(parent) {
  setQuantity({});
}

void DepthPlot::setQuantity(const QString& label,
                            std::optional<double> reference,
                            const QString& reference_name) {
  CurvePlotSetup setup;
  setup.x_label = tr("Layer");
  setup.y_label = label;
  setup.x_kind = AxisKind::kIntegers;
  setup.has_markers = true;
  setup.reference = reference;
  setup.reference_name = reference_name;
  setUp(setup);
}

}  // namespace retort::gui
