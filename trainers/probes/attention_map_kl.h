#pragma once

#include "trainers/probes/probe.h"

namespace retort::train {

/// Kullback-Leibler divergence of the student's attention maps from the teacher's, for each head:
///   KL_h = mean_b 1/n_b sum_{i<n_b} sum_{j<n_b} P^T_ij (ln P^T_ij - ln P^S_ij)
/// with n_b the true length of row b (the exact block: padding takes no part), both maps clamped
/// below at 1e-8 inside the logarithms and as weights, as the attention-map loss does.
/// student_map, teacher_map: [B, H, N, N] probabilities before dropout; mask: [B, N], 1 for tokens,
/// 0 for padding. Returns [H] in float64. Zero iff the maps agree on the block. Throws c10::Error
/// if shapes differ. Source: MarsJacobs/kd-qat-large-enc, main.py:716-760 (its loss sums over
/// layers, means over heads).
[[nodiscard]] at::Tensor attentionMapKl(const at::Tensor& student_map,
                                        const at::Tensor& teacher_map,
                                        const at::Tensor& mask);

[[nodiscard]] const ProbeDefinition& attentionMapKlProbe();

}  // namespace retort::train
