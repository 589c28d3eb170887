#pragma once

#include "gui/models/comparison_data.h"
#include "gui/plots/group_bar_plot.h"

namespace retort::gui {

class CurvePlot;

/// The same figures of a comparison in the window and on paper (`retort plot`). A group has one
/// colour in all of them: that of its place in the table.

/// Every run's value of `data.figure.metric` by group.
void showValues(GroupBarPlot& plot, const ComparisonData& data);

/// Mean curves of `data.curves` with their spread as a band; or every run's own curve in the run's
/// colour, when that was asked for.
void showCurves(CurvePlot& plot, const ComparisonData& data);

/// Mean profiles of `data.profiles` over the layers with their spread as a band.
void showProfiles(CurvePlot& plot, const ComparisonData& data);

}  // namespace retort::gui
