#pragma once

#include "trainers/losses/loss.h"

#include <string>

namespace retort::train {

struct LogitsOptions {
  double temperature = 1;
  bool scale_by_temperature_squared = false;
  std::string reduction = "batch_mean";  ///< batch_mean, mean or sum
};

/// Soft cross entropy of the class distributions, with t the temperature:
///   e_bc = -softmax(z^T / t)_bc log softmax(z^S / t)_bc
/// batch_mean: 1/B sum_bc e_bc (code of arXiv 2211.11014 and 2302.11812: K main.py:144-147);
/// mean: 1/(B C) sum_bc e_bc (TernaryBERT's code); sum: sum_bc e_bc. Times t^2 when
/// scale_by_temperature_squared (Hinton et al. 2015, section 2; BinaryBERT's code has a temperature
/// without it). For regression (C = 1): the squared error (z^S - z^T)^2, mean or sum over b,
/// without temperature. student, teacher: [B, C]; the teacher is detached. Returns a scalar; its
/// minimum is the teacher's entropy, not 0.
[[nodiscard]] at::Tensor softCrossEntropy(const at::Tensor& student,
                                          const at::Tensor& teacher,
                                          const LogitsOptions& options = {});

[[nodiscard]] const LossDefinition& logitsLoss();

}  // namespace retort::train
