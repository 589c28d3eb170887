#pragma once

#include "trainers/losses/loss.h"

namespace retort::train {

/// Soft cross entropy of the class distributions: mean_b sum_c -softmax(z^T)_c log softmax(z^S)_c
/// (summed over classes, unlike TernaryBERT's own code, which also divides by C). For regression (C
/// = 1): mean_b (z^S - z^T)^2. student, teacher: [B, C]; the teacher is detached. Returns a scalar;
/// its minimum is the teacher's entropy, not 0. Source: K main.py:144-147, 672-679.
[[nodiscard]] at::Tensor softCrossEntropy(const at::Tensor& student, const at::Tensor& teacher);

[[nodiscard]] const LossDefinition& logitsLoss();

}  // namespace retort::train
