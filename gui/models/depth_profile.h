#pragma once

#include "gui/models/series_combination.h"

#include <map>
#include <vector>

namespace retort::gui {

/// The curves of each layer: one, or several that are combined (projections, heads).
using LayerSeries = std::map<int, std::vector<std::shared_ptr<const SeriesData>>>;

/// The values by layer at `step`: x is the layer, y the combination of the last samples until then.
/// Layers that have none yet are left out.
[[nodiscard]] SeriesData depthProfile(const LayerSeries& layers,
                                      double step,
                                      Combination combination);

}  // namespace retort::gui
