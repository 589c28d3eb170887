#pragma once

#include "trainers/models/named_tensors.h"

#include <vector>

namespace retort::train {

/// L2 norm of each parameter's gradient, in order; 0 where there is none. One transfer from the
/// device.
[[nodiscard]] std::vector<double> gradientNorms(const NamedTensors& parameters);

/// sqrt(sum of squares) of the norms.
[[nodiscard]] double totalNorm(const std::vector<double>& norms);

/// Scales each gradient on its own by min(1, max_norm / (norm + 1e-6)), as BertAdam does. Returns
/// the norms before. Gradients within the limit are not touched. max_norm 0 clips nothing.
std::vector<double> clipPerTensor(const NamedTensors& parameters, double max_norm);

/// Scales all gradients by one factor min(1, max_norm / (total + 1e-6)), as torch's clip_grad_norm_
/// does. Returns the total norm before. max_norm 0 clips nothing.
double clipGlobal(const NamedTensors& parameters, double max_norm);

}  // namespace retort::train
