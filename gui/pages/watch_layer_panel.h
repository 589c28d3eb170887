#pragma once

#include "gui/models/heat_map.h"
#include "gui/pages/watch_panel.h"
#include "gui/pages/watch_profiles.h"

#include <optional>

class QBoxLayout;
class QComboBox;
class QStackedWidget;

namespace retort::gui {

class DepthPlot;
class HeatMapPlot;
class WatchPickButton;
class WatchStepBar;

/// One metric in every layer: as curves over steps or time, by depth, and as a heat map of layer,
/// projection or head; of two runs also their difference. Where a run has recorded the
/// teacher's values, too, they stand beside it in dashes.
class WatchLayerPanel final : public WatchPanel {
  Q_OBJECT

 public:
  /// `metrics` are patterns as of `matchingMetrics`: offered first to last as far as the runs have
  /// such ones. `name` is the object's.
  WatchLayerPanel(const QString& name, std::vector<std::string> metrics, QWidget* parent);

  [[nodiscard]] std::set<std::string> wantedMetrics(
      const std::vector<std::string>& available) const override;
  void resetView() override;
  [[nodiscard]] QJsonObject state() const override;
  void setState(const QJsonObject& state) override;

 protected:
  void rebuild() override;
  bool takeSamples(WorkRoom& room) override;
  void showSamples(bool is_other) override;

 private:
  enum class View { kCurves, kDepth, kHeatMap };

  void buildBar(QBoxLayout& layout);
  void buildPlots();
  void takeChoice();
  void takeGrouping();
  void offerMetrics();
  void offerGroupings();
  void offerPicks();
  void offerRuns();
  void showCurves();
  void showProfiles();
  void chooseRows();
  [[nodiscard]] HeatMapRequest heatMapRequest() const;
  void showHeatMap(HeatMap map);
  [[nodiscard]] View view() const;
  [[nodiscard]] std::string metric() const;
  [[nodiscard]] std::string shownMetric(const std::vector<std::string>& available) const;
  [[nodiscard]] CurveChoice choice() const;
  [[nodiscard]] CurveChoice teacherChoice() const;
  [[nodiscard]] std::vector<WatchedRun> runWithTeacher() const;

  std::vector<std::string> metrics_;
  QComboBox* metric_box_;
  QComboBox* view_box_;
  QComboBox* group_box_;
  QComboBox* run_box_;
  WatchPickButton* layers_;
  WatchPickButton* projections_;
  WatchPickButton* heads_;
  WatchStepBar* step_bar_;
  QStackedWidget* stack_;
  CurvePlot* curve_plot_;
  DepthPlot* depth_plot_;
  HeatMapPlot* heat_plot_;
  Grouping wanted_grouping_ = Grouping::kProjection;  ///< where the metric has it
  WatchCurves curves_;
  WatchCurves teacher_curves_;
  WatchRows rows_;    ///< of the heat map
  WatchRows others_;  ///< what is subtracted from them
  bool is_difference_ = false;
  std::optional<HeatMapMaker> map_maker_;  ///< none while no map is being made
};

}  // namespace retort::gui
