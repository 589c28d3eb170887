#pragma once

#include "trainers/probes/probe.h"

namespace retort::train {

/// The Hessian's largest eigenvalues with respect to all trained parameters (analysis/hessian.h),
/// on rows of the step's batch, without dropout.
[[nodiscard]] const ProbeDefinition& hessianProbe();

}  // namespace retort::train
