#pragma once

#include "trainers/probes/probe.h"

#include <string>
#include <vector>

namespace retort::train {

/// A slice through the loss along two random directions (analysis/loss_surface.h), on the step's
/// batch, without dropout. The same directions at every step of a run, scaled to the weights of
/// that step.
[[nodiscard]] const ProbeDefinition& lossSurfaceProbe();

/// "0.5,-1": the component of a surface's point.
[[nodiscard]] std::string surfaceComponent(double alpha, double beta);

/// A surface as text for plotting programs: a line "alpha,beta,loss", then one line a point; other
/// metrics are left out.
[[nodiscard]] std::string surfaceCsv(const std::vector<MetricPoint>& points);

}  // namespace retort::train
