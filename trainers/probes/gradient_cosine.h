#pragma once

#include "trainers/probes/probe.h"

namespace retort::train {

/// The cosines between the gradients of the losses that a run is trained with, pair by pair,
/// without dropout.
[[nodiscard]] const ProbeDefinition& gradientCosineProbe();

}  // namespace retort::train
