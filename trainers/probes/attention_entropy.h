#pragma once

#include "trainers/probes/probe.h"

namespace retort::train {

/// Entropy of each head's attention, mean over the queries of a sentence, then over sentences:
///   H_h = mean_b 1/n_b sum_{i<n_b} sum_{j<n_b} -P_ij ln P_ij,   0 ln 0 = 0
/// in nats: 0 when each query looks at one key, ln n_b when it looks at all alike.
/// map: [B, H, N, N] probabilities; mask: [B, N]. Returns [H] in float64. Throws c10::Error if
/// shapes differ. Source: Clark et al. 2019 (arXiv 1906.04341), section 3.3.
[[nodiscard]] at::Tensor attentionEntropy(const at::Tensor& map, const at::Tensor& mask);

[[nodiscard]] const ProbeDefinition& attentionEntropyProbe();

}  // namespace retort::train
