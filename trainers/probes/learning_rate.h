#pragma once

#include "trainers/probes/probe.h"

namespace retort::train {

/// The learning rate of the step's update (schedules/schedule.h).
[[nodiscard]] const ProbeDefinition& learningRateProbe();

}  // namespace retort::train
