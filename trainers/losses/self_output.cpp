#include "trainers/losses/self_output.h"

#include "trainers/losses/layer_mse.h"

namespace retort::train {

const LossDefinition& selfOutputLoss() {
  static const LossDefinition kLoss = {
      .spec = {.kind = "distillation_loss",
               .name = "self_output",
               .documentation = "output projection of the attention, before residual and "
                                "LayerNorm, mean squared error",
               .formula = "\\sum_{l} \\mathrm{MSE}(W_O c_l^S + b, W_O c_l^T + b)",
               .source = "arXiv 2211.11014 (ablation); its code, main.py"},
      .make = [](const LossRequest&) {
        return layerMseLoss(TracePart::kDense, &ModelTrace::dense);
      }};
  return kLoss;
}

}  // namespace retort::train
