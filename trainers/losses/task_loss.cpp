#include "trainers/losses/task_loss.h"

#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/mse_loss.h>

namespace retort::train {

at::Tensor taskLoss(const at::Tensor& logits, const at::Tensor& labels) {
  TORCH_CHECK(logits.dim() == 2 && labels.dim() == 1 && logits.size(0) == labels.size(0),
              "logits must be [B, C] and labels [B], but are ",
              logits.sizes(),
              " and ",
              labels.sizes());
  if (logits.size(1) == 1) {
    return at::mse_loss(logits.squeeze(1), labels.to(logits.scalar_type()));
  }
  return at::cross_entropy_loss(logits, labels);
}

}  // namespace retort::train
