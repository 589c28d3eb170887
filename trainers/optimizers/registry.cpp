#include "trainers/optimizers/registry.h"

#include "trainers/optimizers/adamw.h"
#include "trainers/optimizers/bert_adam.h"
#include "trainers/train_error.h"

#include <fmt/format.h>

namespace retort::train {

const std::vector<const OptimizerDefinition*>& optimizerRegistry() {
  static const std::vector<const OptimizerDefinition*> kOptimizers = {
      &adamwDefinition(),
      &bertAdamDefinition(),
  };
  return kOptimizers;
}

std::unique_ptr<Optimizer> makeOptimizer(const NamedTensors& parameters,
                                         const OptimizerSettings& settings) {
  for (const OptimizerDefinition* definition : optimizerRegistry()) {
    if (definition->spec.name == settings.optimizer) {
      return definition->make(parameters, settings);
    }
  }
  throw TrainError(ExitCode::kBadSpec, fmt::format("unknown optimizer '{}'", settings.optimizer));
}

}  // namespace retort::train
