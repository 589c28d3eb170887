#include "trainers/losses/attention_output.h"

#include "trainers/losses/layer_mse.h"

namespace retort::train {

const LossDefinition& attentionOutputLoss() {
  static const LossDefinition kLoss = {
      .spec =
          {.kind = "distillation_loss",
           .name = "attention_output",
           .documentation =
               "output of the attention block, after residual and LayerNorm, mean squared error",
           .formula = "\\sum_{l} \\mathrm{MSE}(Y_l^S, Y_l^T)",
           .source = "arXiv 2211.11014; its code, main.py"},
      .make = [](const LossRequest&) {
        return layerMseLoss(TracePart::kOutput, &BertTrace::output);
      }};
  return kLoss;
}

}  // namespace retort::train
