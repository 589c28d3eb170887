#pragma once

#include "trainers/losses/loss.h"

namespace retort::train {

/// KL(teacher || student) of attention maps over the tokens of each sentence:
///   mean_{b,h} 1/n_b sum_{i<n_b} sum_{j<n_b} P^T_ij (ln P^T_ij - ln P^S_ij),  P clamped below at
///   1e-8
/// student, teacher: [B, H, N, N], rows sum to 1; lengths: [B] int64. The teacher is detached;
/// where the student lies below 1e-8 it gets no gradient. Zero when equal. Source: arXiv
/// 2211.11014; K main.py:716-760.
[[nodiscard]] at::Tensor attentionMapDivergence(const at::Tensor& student,
                                                const at::Tensor& teacher,
                                                const at::Tensor& lengths);

[[nodiscard]] const LossDefinition& attentionMapLoss();

}  // namespace retort::train
