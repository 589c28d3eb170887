#pragma once

#include "trainers/losses/loss.h"

#include <string>

namespace retort::train {

struct GroundTruthOptions {
  std::string reduction = "sum";             ///< sum or mean
  std::string regression_target = "labels";  ///< labels or teacher
};

/// Negative log likelihood of the labels, -log softmax(z)_y: summed over the batch (K
/// main.py:663-669), or its mean. For regression (C = 1) the mean squared error to `target`,
/// whatever the reduction. logits: [B, C]; target: [B] int64, floating point when C = 1.
[[nodiscard]] at::Tensor labelLoss(const at::Tensor& logits,
                                   const at::Tensor& target,
                                   const std::string& reduction = "sum");

[[nodiscard]] const LossDefinition& groundTruthLoss();

}  // namespace retort::train
