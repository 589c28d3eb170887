#pragma once

#include "gui/pages/watch_panel.h"

namespace retort::gui {

class DepthPlot;
class WatchStepBar;

/// How signals go through the network at one step: forward, the activations' variance relative to
/// the teacher's and their distance from it; backward, the gradient norm. By depth.
class WatchSignalPanel final : public WatchPanel {
  Q_OBJECT

 public:
  explicit WatchSignalPanel(QWidget* parent);

  [[nodiscard]] std::set<std::string> wantedMetrics(
      const std::vector<std::string>& available) const override;

 protected:
  void rebuild() override {}

  bool takeSamples(WorkRoom& /*room*/) override { return true; }

  void showSamples(bool is_other) override;

 private:
  void showProfiles();

  std::vector<DepthPlot*> plots_;
  WatchStepBar* step_bar_;
};

}  // namespace retort::gui
