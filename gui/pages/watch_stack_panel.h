#pragma once

#include "gui/pages/watch_panel.h"
#include "gui/plots/curve_plot.h"

namespace retort::gui {

/// One plot of a stack.
struct StackedPlot {
  QString title;
  std::vector<std::string> metrics;  ///< patterns as of `matchingMetrics`
  bool is_optional = true;           ///< hidden while no run has such curves
  bool is_smoothed = true;           ///< false: exact anyway
  std::string unless;  ///< hidden while runs have this metric, which says the same better
};

/// Plots below each other over the same steps: losses; rates.
class WatchStackPanel final : public WatchPanel {
  Q_OBJECT

 public:
  WatchStackPanel(std::vector<StackedPlot> plots, QWidget* parent);

  [[nodiscard]] std::set<std::string> wantedMetrics(
      const std::vector<std::string>& available) const override;

 protected:
  void rebuild() override;
  bool takeSamples(WorkRoom& room) override;
  void showSamples(bool is_other) override;

 private:
  struct Stacked {
    StackedPlot recipe;
    CurvePlot* plot = nullptr;
    CurvePlotSetup setup;
    std::vector<WatchCurves> curves;
    std::vector<Curve> drawn;  ///< all of `curves`, as they are named here
  };

  void rebuildOne(Stacked& stacked);
  void nameSteps();

  std::vector<Stacked> stack_;
};

}  // namespace retort::gui
