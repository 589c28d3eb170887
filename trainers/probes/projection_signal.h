#pragma once

#include "trainers/probes/probe.h"

namespace retort::train {

/// How heavy the tails of a projection's output are: E[(y - mean)^4] / Var(y)^2 over the real
/// tokens; 3 for a normal distribution, NaN when all values are equal. y: [B, N, F]; mask: [B, N].
/// Computed in float64.
[[nodiscard]] double kurtosis(const at::Tensor& y, const at::Tensor& mask);

/// The forward signal by layer and projection (decoder.md 3.1; arXiv 2403.18159): of the output y =
/// x W^T of each linear, over the real tokens, mean and variance, the variance's ratio to the
/// teacher's, SQNR in dB and cosine against the teacher (with the error that the layers before have
/// piled up), and kurtosis. Nothing for models that do not trace their projections.
[[nodiscard]] const ProbeDefinition& projectionSignalProbe();

}  // namespace retort::train
