#pragma once

#include "gui/models/series_combination.h"

#include <map>
#include <vector>

namespace retort::gui {

/// The curves of each layer: one, or several that are combined (projections, heads).
using LayerSeries = std::map<int, std::vector<std::shared_ptr<const SeriesData>>>;

/// The values by layer: x is the layer, y the combination of the last samples from `first_step` to
/// `last_step`. Layers without any are left out: not measured yet, or not any more, as gradients of
/// frozen weights.
[[nodiscard]] SeriesData depthProfile(const LayerSeries& layers,
                                      double first_step,
                                      double last_step,
                                      Combination combination);

}  // namespace retort::gui
