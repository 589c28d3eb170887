#pragma once

#include "trainers/probes/probe.h"

namespace retort::train {

/// The simple noise scale from gradients of the whole batch and of equal parts of it
/// (analysis/gradient_statistics.h), without dropout.
[[nodiscard]] const ProbeDefinition& gradientNoiseScaleProbe();

/// The mean of a quotient is not the quotient of the means: sets each gradient_noise_scale among
/// means over batches to S / |G|^2 of the means beside it.
void correctNoiseScale(std::vector<MetricPoint>& means);

}  // namespace retort::train
