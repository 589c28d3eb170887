#pragma once

#include "core/settings/catalogue.h"
#include "trainers/training/model_phase.h"

#include <memory>
#include <string>
#include <vector>

namespace retort::train {

/// A phase as the registry lists it. To add one: a class deriving from TrainingPhase, its line in
/// phase_registry.cpp, its name among the choices of the setting `phase`, and its test.
struct PhaseDefinition {
  TechniqueSpec spec;
  std::unique_ptr<TrainingPhase> (*make)(const PhaseInput& input) = nullptr;
};

/// All phases. The only list of them.
[[nodiscard]] const std::vector<PhaseDefinition>& phaseRegistry();

/// Loads data and models of the phase that the settings name. Throws TrainError.
[[nodiscard]] std::unique_ptr<TrainingPhase> makePhase(const PhaseInput& input);

}  // namespace retort::train
