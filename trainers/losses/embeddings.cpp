#include "trainers/losses/embeddings.h"

#include <ATen/ops/mse_loss.h>

namespace retort::train {

const LossDefinition& embeddingsLoss() {
  static const LossDefinition kLoss = {
      .spec = {.kind = "distillation_loss",
               .name = "embeddings",
               .documentation = "output of the embeddings, mean squared error; the hidden loss "
                                "already holds it for its layer 0",
               .formula = "\\mathrm{MSE}(X_0^S, X_0^T)",
               .source = "TinyBERT, arXiv 1909.10351, eq. 9"},
      .layers = LossLayers::kNone,
      .make = [](const LossRequest&) {
        return wholeLoss(TracePart::kHidden, [](const LossInput& input) {
          return at::mse_loss(input.student.hidden.at(0), input.teacher.hidden.at(0).detach());
        });
      }};
  return kLoss;
}

}  // namespace retort::train
