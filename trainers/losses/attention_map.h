#pragma once

#include "trainers/losses/loss.h"

#include <string>

namespace retort::train {

/// How far the student's attention maps are from the teacher's, over the n_b x n_b block of the
/// tokens of each sentence. student, teacher: [B, H, N, N], rows sum to 1; lengths: [B] int64. The
/// teacher is detached. All are zero when equal, and return the mean over b and h of one number a
/// sentence and head.
///
/// KL(teacher || student): 1/n_b sum_{i,j<n_b} P^T_ij (ln P^T_ij - ln P^S_ij), P clamped below at
/// 1e-8; where the student lies below it gets no gradient. Source: arXiv 2211.11014; K
/// main.py:716-760.
[[nodiscard]] at::Tensor attentionMapDivergence(const at::Tensor& student,
                                                const at::Tensor& teacher,
                                                const at::Tensor& lengths);

/// 1/n_b^2 sum_{i,j<n_b} (P^S_ij - P^T_ij)^2
[[nodiscard]] at::Tensor attentionMapSquaredError(const at::Tensor& student,
                                                  const at::Tensor& teacher,
                                                  const at::Tensor& lengths);

/// Jensen-Shannon, with M = (P^S + P^T) / 2: (KL(P^T || M) + KL(P^S || M)) / 2, each KL as above.
[[nodiscard]] at::Tensor attentionMapJensenShannon(const at::Tensor& student,
                                                   const at::Tensor& teacher,
                                                   const at::Tensor& lengths);

/// 1/n_b sum_{i<n_b} (1 - cos(P^S_i, P^T_i)), P_i the first n_b entries of row i.
[[nodiscard]] at::Tensor attentionMapCosine(const at::Tensor& student,
                                            const at::Tensor& teacher,
                                            const at::Tensor& lengths);

[[nodiscard]] const LossDefinition& attentionMapLoss();

}  // namespace retort::train
