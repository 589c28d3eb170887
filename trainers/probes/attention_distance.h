#pragma once

#include "trainers/probes/probe.h"

namespace retort::train {

/// How far apart query and key are, weighted by attention:
///   d_h = mean_b 1/n_b sum_{i<n_b} sum_{j<n_b} P_ij |i - j|            (in tokens)
/// and relative to the sentence's length, which is what the authors' code gives:
///   d_h = mean_b 1/n_b sum_{i<n_b} 1/n_b sum_{j<n_b} P_ij |i - j|
struct AttentionDistance {
  at::Tensor tokens;    ///< [H] float64
  at::Tensor relative;  ///< [H] float64, below 1
};

/// map: [B, H, N, N] probabilities; mask: [B, N]. Throws c10::Error if shapes differ.
/// Source: Vig and Belinkov 2019 (arXiv 1906.04284), section 4.2.2; relative: eval_code.py:109-139
/// of MarsJacobs/kd-qat-large-enc.
[[nodiscard]] AttentionDistance attentionDistance(const at::Tensor& map, const at::Tensor& mask);

[[nodiscard]] const ProbeDefinition& attentionDistanceProbe();

}  // namespace retort::train
