#pragma once

#include "trainers/probes/probe.h"

#include <vector>

namespace retort::train {

/// Norm-based analysis of self-attention (Kobayashi et al. 2020, arXiv 2004.10102), the terms of
/// Kim et al. 2022 (arXiv 2211.11014), figure 6: SA-GEN makes the map alpha, SA-PROP propagates it
/// as  Y_i = sum_j sum_h alpha_hij f_h(x_j),  f_h(x) = V_h(x) W_O,h.
/// For each token x_j of one sentence of n tokens, mean over the heads h and the queries i:
///   row 0   alpha   1/(H n) sum_h sum_i alpha_hij
///   row 1   f       1/H sum_h || f_h(x_j) ||
///   row 2   alpha f 1/n sum_i || sum_h alpha_hij f_h(x_j) ||
/// map: [H, n, n]; value: [H, n, d]; output_weight: [D, H d], of W_O without bias. Returns [3, n]
/// in float64, exact to about 1e-8 of the largest norm (norms come from a Gram matrix over heads:
/// H^2 n^2 numbers instead of H n^2 D). Throws c10::Error if shapes differ.
/// Code: BertNormOutput in modeling_quant.py:522-574 of MarsJacobs/kd-qat-large-enc and its Exp3
/// notebook, cell 24.
[[nodiscard]] at::Tensor tokenNorms(const at::Tensor& map,
                                    const at::Tensor& value,
                                    const at::Tensor& output_weight);

/// Mean of each quantity over the tokens of each group: norms [3, n], groups [G, n] bool -> [3, G];
/// NaN for a group without tokens.
[[nodiscard]] at::Tensor groupMeans(const at::Tensor& norms, const at::Tensor& groups);

/// What the Exp3 notebook gives its models: all sentences cut, or lengthened by padding that counts
/// as tokens, to the length of the first; segments 0; sentences that lost their [SEP] (an id of
/// `sep`) left out.
[[nodiscard]] TokenBatch publishedNormBatch(const TokenBatch& batch,
                                            const std::vector<std::int64_t>& sep);

[[nodiscard]] const ProbeDefinition& attentionNormsProbe();

}  // namespace retort::train
