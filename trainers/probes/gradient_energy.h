#pragma once

#include "trainers/probes/probe.h"

namespace retort::train {

/// The backward signal in the terms of "Oh! We Freeze" (arXiv 2403.18159): of each weight's
/// gradient G with n elements the squared Frobenius norm |G|_F^2 and its root mean square |G|_F /
/// sqrt(n), without which wide layers win; and of each projection q, k, v, o … the share of its
/// |G|_F^2, summed over the layers, in the sum over all projections of all layers.
[[nodiscard]] const ProbeDefinition& gradientEnergyProbe();

}  // namespace retort::train
