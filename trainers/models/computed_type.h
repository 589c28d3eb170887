#pragma once

#include "trainers/models/named_tensors.h"

#include <ATen/core/Tensor.h>

namespace retort::train {

/// The type that a model with these parameters computes in: that of its norms and biases. Matrices
/// may be held in fewer bits.
[[nodiscard]] at::ScalarType computedType(const NamedTensors& parameters);

}  // namespace retort::train
