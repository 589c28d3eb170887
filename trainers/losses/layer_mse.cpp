#include "trainers/losses/layer_mse.h"

#include "trainers/losses/loss.h"

#include <ATen/ops/mse_loss.h>

namespace retort::train {

std::vector<at::Tensor> meanSquaredErrors(const std::vector<at::Tensor>& student,
                                          const std::vector<at::Tensor>& teacher) {
  return overLayers(student, teacher, [](const at::Tensor& s, const at::Tensor& t) {
    return at::mse_loss(s, t);
  });
}

}  // namespace retort::train
