#pragma once

#include <ATen/core/Tensor.h>

namespace retort::train {

/// The loss of fine-tuning: mean over the batch of the cross entropy, -log softmax(logits)_label;
/// for regression (C = 1) the mean squared error (logits_b - label_b)^2. logits: [B, C]; labels:
/// [B] int64 for C > 1, floating point for C = 1. Returns a differentiable scalar.
[[nodiscard]] at::Tensor taskLoss(const at::Tensor& logits, const at::Tensor& labels);

}  // namespace retort::train
