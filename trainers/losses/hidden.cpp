#include "trainers/losses/hidden.h"

#include "trainers/losses/layer_mse.h"

namespace retort::train {

const LossDefinition& hiddenLoss() {
  static const LossDefinition kLoss = {
      .spec = {.kind = "distillation_loss",
               .name = "hidden",
               .documentation =
                   "hidden states of all layers and the embedding output, mean squared error",
               .formula = "\\sum_{l=0}^{L} \\mathrm{MSE}(X_l^S, X_l^T)",
               .source = "TernaryBERT, arXiv 2009.12812; code of arXiv 2211.11014, main.py"},
      .default_coefficient = 1,
      .layers = LossLayers::kHidden,
      .make = [](const LossRequest&) {
        return layerMseLoss(TracePart::kHidden, &ModelTrace::hidden);
      }};
  return kLoss;
}

}  // namespace retort::train
