#pragma once

#include "trainers/models/named_tensors.h"

#include <ATen/core/Tensor.h>

#include <string>

namespace retort::train {

/// A weight [O, I] as codes of 8 bits with a scale for each row: x ~ s c, s = max |row| / 127 (1
/// for a row of zeros), c = round(x / s), half to even, in [-127, 127]. The scales are in the
/// tensor (at::Tensor::dequantize).
[[nodiscard]] at::Tensor rowCodes(const at::Tensor& weight);

/// A model's parameters as `how` says: float32, float64 and bfloat16 are the type of all; with
/// int8, matrices become rowCodes, while tables of embeddings, norms and biases stay as they are.
/// Each tensor is converted before the next: the originals go where nobody else has them.
[[nodiscard]] NamedTensors heldAs(const std::string& how, NamedTensors parameters);

}  // namespace retort::train
