#pragma once

#include "trainers/optimizers/optimizer.h"

namespace retort::train {

/// AdamW: Adam with decoupled weight decay and bias correction, as torch.optim.AdamW.
///   m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2;  p = p - lr wd p
///   p = p - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon)         for the t-th update of
///   p
/// Weight decay spares biases and LayerNorm. Source: Loshchilov and Hutter 2019, arXiv 1711.05101.
[[nodiscard]] const OptimizerDefinition& adamwDefinition();

}  // namespace retort::train
