#pragma once

#include "trainers/losses/loss.h"

namespace retort::train {

/// Relations between the values of a sentence's tokens, head by head:
///   R = softmax(V V^T / sqrt(d)) over the first n_b columns; the others are 0
/// value: [B, H, N, d]; lengths: [B] int64; returns [B, H, N, N].
[[nodiscard]] at::Tensor valueRelation(const at::Tensor& value, const at::Tensor& lengths);

/// Value-relation loss: KL(R^T || R^S), mean over rows, heads and sentences as in
/// attentionMapDivergence. MiniLM distils the last layer only (`layers: last`). Source: MiniLM,
/// arXiv 2002.10957, equations 5 to 7.
[[nodiscard]] const LossDefinition& valueRelationLoss();

}  // namespace retort::train
