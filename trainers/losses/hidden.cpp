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
               .source = "TernaryBERT, arXiv 2009.12812; code of arXiv 2211.11014, main.py",
               .settings = {"distill.hidden.coefficient"}},
      .default_coefficient = 1,
      .needs = TracePart::kHidden,
      .terms = [](const LossInput& input) {
        return meanSquaredErrors(input.student.hidden, input.teacher.hidden);
      }};
  return kLoss;
}

}  // namespace retort::train
