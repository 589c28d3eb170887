#pragma once

#include "trainers/quantizers/quantizer.h"

namespace retort::train {

/// Asymmetric quantization with an integer zero point, as integer hardware has it, per tensor or
/// row; zero is always a level.
///   l = min(0, min x);  h = max(0, max x);  n = 2^bits - 1
///   s = (h - l) / n, at least the type's smallest normal number;  z = clip(-round(l / s), 0, n)
///   k = clip(round(x / s) + z, 0, n);  x_q = (k - z) s                       (half to even)
/// The gradient passes where nothing was clipped. Source: torchao, quant_primitives.py
/// (MappingType.ASYMMETRIC).
[[nodiscard]] at::Tensor affineQuantize(const at::Tensor& x, const QuantizerOptions& options);

[[nodiscard]] QuantizerDefinition affineDefinition();

}  // namespace retort::train
