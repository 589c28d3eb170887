#include "trainers/optimizers/bert_adam.h"

#include "trainers/optimizers/fused_adam.h"

namespace retort::train {

const OptimizerDefinition& bertAdamDefinition() {
  static const OptimizerDefinition kDefinition = {
      .spec = {.kind = "optimizer",
               .name = "bert_adam",
               .documentation = "Adam with decoupled weight decay and without bias correction",
               .formula = "p \\leftarrow p - \\eta\\,(m/(\\sqrt{v}+\\epsilon) + \\lambda p)",
               .source =
                   "pytorch-pretrained-bert (BertAdam); code of arXiv 2211.11014, optimization.py",
               .settings = {"train.beta1",
                            "train.beta2",
                            "train.epsilon",
                            "train.weight_decay",
                            "train.clip_tensor"}},
      .make = [](const NamedTensors& parameters,
                 const OptimizerSettings& settings) -> std::unique_ptr<Optimizer> {
        return std::make_unique<FusedAdam>(parameters, settings, /*corrects_bias=*/false);
      }};
  return kDefinition;
}

}  // namespace retort::train
