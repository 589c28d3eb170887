#include "trainers/losses/layer_mse.h"

#include <ATen/ops/mse_loss.h>

namespace retort::train {

Loss layerMseLoss(TracePart part, TraceLayers ModelTrace::*tensors) {
  return layerLoss(part, tensors, [](const at::Tensor& student, const at::Tensor& teacher) {
    return at::mse_loss(student, teacher);
  });
}

}  // namespace retort::train
