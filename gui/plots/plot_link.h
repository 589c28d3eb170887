#pragma once

#include <vector>

namespace retort::gui {

class CurvePlot;

/// Links the X axes of these plots: zooming, panning, following and the place that is looked at in
/// one are those of all.
void linkXAxes(const std::vector<CurvePlot*>& plots);

}  // namespace retort::gui
