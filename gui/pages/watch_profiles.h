#pragma once

#include "gui/models/depth_profile.h"
#include "gui/models/heat_map.h"
#include "gui/pages/watch_curves.h"

#include <vector>

namespace retort::gui {

/// The first and the last step of a metric in these runs; {0, 0} when there is none.
struct StepSpan {
  double first = 0;
  double last = 0;
};

[[nodiscard]] StepSpan stepSpanOf(const std::vector<WatchedRun>& runs,
                                  const std::vector<std::string>& metrics);

/// The profiles by depth of a metric at one step: `grouping` kProjection or kHead gives one for
/// each, anything else one of all together. Runs are told apart as in `WatchCurves`.
[[nodiscard]] std::vector<Curve> makeProfiles(const std::vector<WatchedRun>& runs,
                                              const CurveChoice& choice,
                                              double step);

/// The rows of a heat map: the picked curves of one run, layer by layer, over steps or time. They
/// grow with their sources.
class WatchRows {
 public:
  WatchRows() = default;
  WatchRows(const WatchedRun& run, const CurveChoice& choice);

  /// Takes in what the sources have got, as far as there is room; true when that was all.
  bool grow(WorkRoom& room);

  [[nodiscard]] const std::vector<HeatMapRow>& rows() const { return rows_; }

 private:
  struct Timed {
    std::shared_ptr<const SeriesData> raw;
    TimedSeries over_time;
  };

  std::vector<HeatMapRow> rows_;
  std::vector<Timed> timed_;  ///< of each row; none: over steps
};

}  // namespace retort::gui
