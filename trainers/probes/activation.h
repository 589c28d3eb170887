#pragma once

#include "trainers/probes/probe.h"

namespace retort::train {

/// Mean and (population) variance of all elements of the real tokens:
///   mean = 1/(n D) sum x_td,   variance = 1/(n D) sum (x_td - mean)^2
struct ActivationMoments {
  double mean = 0;
  double variance = 0;
};

/// x: [B, N, D]; mask: [B, N], 1 for tokens, 0 for padding. Computed in float64.
[[nodiscard]] ActivationMoments activationMoments(const at::Tensor& x, const at::Tensor& mask);

[[nodiscard]] const ProbeDefinition& activationProbe();

}  // namespace retort::train
