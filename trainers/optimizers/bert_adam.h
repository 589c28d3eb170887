#pragma once

#include "trainers/optimizers/optimizer.h"

namespace retort::train {

/// BertAdam: Adam with decoupled weight decay and without bias correction, epsilon outside the
/// root.
///   m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2;  p = p - lr (m / (sqrt(v) + epsilon) + wd p)
/// Weight decay spares biases and LayerNorm. In the authors' recipe each tensor's gradient is
/// clipped to norm 1 first (train.clip_tensor) and the first update has rate 0
/// (schedules/schedule.h). Source: K optimization.py:200-298 (pytorch-pretrained-bert).
[[nodiscard]] const OptimizerDefinition& bertAdamDefinition();

}  // namespace retort::train
