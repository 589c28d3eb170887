#include "trainers/losses/context.h"

#include "trainers/losses/layer_mse.h"

namespace retort::train {

const LossDefinition& contextLoss() {
  static const LossDefinition kLoss = {
      .spec = {.kind = "distillation_loss",
               .name = "context",
               .documentation = "attention context A V, mean squared error",
               .formula = "\\sum_{l} \\mathrm{MSE}(A_l^S V_l^S, A_l^T V_l^T)",
               .source = "arXiv 2211.11014 (ablation); its code, main.py"},
      .make = [](const LossRequest&) {
        return layerMseLoss(TracePart::kContext, &ModelTrace::context);
      }};
  return kLoss;
}

}  // namespace retort::train
