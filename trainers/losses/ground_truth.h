#pragma once

#include "trainers/losses/loss.h"

namespace retort::train {

/// Negative log likelihood of the labels, summed over the batch (not averaged: the authors' scale):
/// sum_b -log softmax(z)_y. For regression (C = 1) the mean squared error to the labels; the
/// authors' code compares with the teacher's logits there, which the logits loss already does.
/// logits: [B, C]; labels: [B] int64, floating point when C = 1. Source: K main.py:663-669.
[[nodiscard]] at::Tensor labelLoss(const at::Tensor& logits, const at::Tensor& labels);

[[nodiscard]] const LossDefinition& groundTruthLoss();

}  // namespace retort::train
