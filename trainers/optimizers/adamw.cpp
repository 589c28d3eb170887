#include "trainers/optimizers/adamw.h"

#include "trainers/optimizers/fused_adam.h"

namespace retort::train {

const OptimizerDefinition& adamwDefinition() {
  static const OptimizerDefinition kDefinition = {
      .spec =
          {.kind = "optimizer",
           .name = "adamw",
           .documentation = "Adam with decoupled weight decay and bias correction",
           .formula =
               "p \\leftarrow p - \\eta\\lambda p - \\eta\\,\\hat m/(\\sqrt{\\hat v}+\\epsilon)",
           .source = "Loshchilov and Hutter 2019, arXiv 1711.05101",
           .settings = {"train.beta1", "train.beta2", "train.epsilon", "train.weight_decay"}},
      .make = [](const NamedTensors& parameters,
                 const OptimizerSettings& settings) -> std::unique_ptr<Optimizer> {
        return std::make_unique<FusedAdam>(parameters, settings, /*corrects_bias=*/true);
      }};
  return kDefinition;
}

}  // namespace retort::train
