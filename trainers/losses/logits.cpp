#include "trainers/losses/logits.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/mse_loss.h>

namespace retort::train {

at::Tensor softCrossEntropy(const at::Tensor& student, const at::Tensor& teacher) {
  TORCH_CHECK(student.dim() == 2 && student.sizes() == teacher.sizes(),
              "logits of student and teacher must be [B, C], but are ",
              student.sizes(),
              " and ",
              teacher.sizes());
  if (student.size(1) == 1) {
    return at::mse_loss(student, teacher.detach());
  }
  return -(teacher.detach().softmax(-1) * student.log_softmax(-1)).sum(-1).mean();
}

const LossDefinition& logitsLoss() {
  static const LossDefinition kLoss = {
      .spec = {.kind = "distillation_loss",
               .name = "logits",
               .documentation =
                   "soft cross entropy of the class distributions; squared error for regression",
               .formula = "-\\frac{1}{B}\\sum_b \\sum_c \\mathrm{softmax}(z^T)_c \\log "
                          "\\mathrm{softmax}(z^S)_c",
               .source = "Hinton et al. 2015; code of arXiv 2211.11014, main.py"},
      .default_coefficient = 1,
      .layers = LossLayers::kNone,
      .make = [](const LossRequest&) {
        return wholeLoss({}, [](const LossInput& input) {
          return softCrossEntropy(input.student.logits, input.teacher.logits);
        });
      }};
  return kLoss;
}

}  // namespace retort::train
