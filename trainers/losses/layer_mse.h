#pragma once

#include "trainers/losses/loss.h"

namespace retort::train {

/// MSE(student_l, teacher_l) for each layer of one part of the traces: the mean over all elements
/// of squared differences.
[[nodiscard]] Loss layerMseLoss(TracePart part, TraceLayers ModelTrace::*tensors);

}  // namespace retort::train
