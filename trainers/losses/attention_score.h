#pragma once

#include "trainers/losses/loss.h"

namespace retort::train {

/// MSE of attention scores, in which masked keys (score <= -100) count as 0 on both sides:
///   mean over B H N N of (a~^S - a~^T)^2,  a~ = 0 where a <= -100, else a
/// The divisor counts masked cells and padded query rows too. student, teacher: [B, H, N, N]; the
/// teacher is detached. Source: TernaryBERT; K main.py:703-713.
[[nodiscard]] at::Tensor attentionScoreError(const at::Tensor& student, const at::Tensor& teacher);

[[nodiscard]] const LossDefinition& attentionScoreLoss();

}  // namespace retort::train
