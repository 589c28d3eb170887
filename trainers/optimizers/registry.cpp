#include "trainers/optimizers/registry.h"

#include "trainers/optimizers/adamw.h"
#include "trainers/optimizers/adamw_8bit.h"
#include "trainers/optimizers/bert_adam.h"
#include "trainers/train_error.h"

#include <fmt/format.h>

namespace retort::train {

const std::vector<const OptimizerDefinition*>& optimizerRegistry() {
  static const std::vector<const OptimizerDefinition*> kOptimizers = {
      &adamwDefinition(),
      &adamw8bitDefinition(),
      &bertAdamDefinition(),
  };
  return kOptimizers;
}

const OptimizerDefinition& findOptimizer(const std::string& name) {
  for (const OptimizerDefinition* definition : optimizerRegistry()) {
    if (definition->spec.name == name) {
      return *definition;
    }
  }
  throw TrainError(ExitCode::kBadSpec, fmt::format("unknown optimizer '{}'", name));
}

std::unique_ptr<Optimizer> makeOptimizer(const NamedTensors& parameters,
                                         const OptimizerSettings& settings) {
  return findOptimizer(settings.optimizer).make(parameters, settings);
}

}  // namespace retort::train
