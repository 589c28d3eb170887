#pragma once

#include "trainers/probes/probe.h"

namespace retort::train {

/// Which pairs of keys the ranking loss counts.
enum class RankingPairs {
  kOnce,       ///< each pair i < j once
  kPublished,  ///< 0 <= i <= n - 2 and 1 <= j <= n - 1: pairs of inner tokens twice, others once
};

/// How far the student orders the keys of each query otherwise than its teacher:
///   R_h = mean_b sum_{r<n_b} sum_{(i,j)} max(0, -(P^S_ri - P^S_rj) sgn(P^T_ri - P^T_rj))
/// over the exact block of each sentence b; not divided by the number of pairs, so that it grows
/// with n^3. Zero iff no pair is swapped; ties of the teacher count nothing.
/// student_map, teacher_map: [B, H, N, N] probabilities; mask: [B, N]. Returns [H] in float64.
/// Throws c10::Error if shapes differ. Memory: a few blocks of 32 MB.
/// Source: Kim et al. 2022 (arXiv 2211.11014), figure 4, after Liu et al. 2021 (arXiv 2106.14156);
/// code: Exp1 notebook of MarsJacobs/kd-qat-large-enc, cell 11, which counts kPublished.
[[nodiscard]] at::Tensor rankingLoss(const at::Tensor& student_map,
                                     const at::Tensor& teacher_map,
                                     const at::Tensor& mask,
                                     RankingPairs pairs = RankingPairs::kOnce);

[[nodiscard]] const ProbeDefinition& rankingLossProbe();

}  // namespace retort::train
