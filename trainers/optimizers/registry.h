#pragma once

#include "trainers/optimizers/optimizer.h"

#include <memory>
#include <string>
#include <vector>

namespace retort::train {

/// All optimizers, sorted by name. The only list of them.
[[nodiscard]] const std::vector<const OptimizerDefinition*>& optimizerRegistry();

/// Throws TrainError (bad spec) for an unknown name.
[[nodiscard]] const OptimizerDefinition& findOptimizer(const std::string& name);

/// The optimizer that the settings name, over `parameters` (usually
/// Model::trainableParameters). Throws TrainError (bad spec) for an unknown name.
[[nodiscard]] std::unique_ptr<Optimizer> makeOptimizer(const NamedTensors& parameters,
                                                       const OptimizerSettings& settings);

}  // namespace retort::train
