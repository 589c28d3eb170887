#pragma once

#include "trainers/probes/probe.h"

namespace retort::train {

/// The attention that special tokens draw, mean over queries and sentences:
///   cls_h = mean_b 1/n_b sum_{i<n_b} P_i,0        sep_h = mean_b 1/n_b sum_{i<n_b} P_i,n_b-1
/// (the last token of every sentence or pair is [SEP]).
struct SpecialTokenMass {
  at::Tensor cls;  ///< [H] float64, 0 to 1
  at::Tensor sep;  ///< [H] float64, 0 to 1
};

/// map: [B, H, N, N] probabilities; mask: [B, N]. Throws c10::Error if shapes differ.
/// Source: quant_task_glue.py:270-280 of MarsJacobs/kd-qat-large-enc.
[[nodiscard]] SpecialTokenMass specialTokenMass(const at::Tensor& map, const at::Tensor& mask);

[[nodiscard]] const ProbeDefinition& specialTokenMassProbe();

}  // namespace retort::train
