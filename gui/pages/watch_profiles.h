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

/// The rows of a heat map: the picked curves of one run, layer by layer.
[[nodiscard]] std::vector<HeatMapRow> makeRows(const WatchedRun& run, const CurveChoice& choice);

}  // namespace retort::gui
