#pragma once

#include "trainers/losses/loss.h"

namespace retort::train {

/// The terms of a loss made from the given options, for all layers.
inline std::vector<LossTerm> termsOf(const LossDefinition& loss,
                                     const LossInput& input,
                                     const SettingValues& settings = {}) {
  return loss.make({.settings = settings}).terms(input, {});
}

}  // namespace retort::train
