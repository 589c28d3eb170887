#pragma once

#include "trainers/quantizers/quantizer.h"

namespace retort::train {

/// Symmetric quantization on all 2^bits levels, -2^(bits-1) … 2^(bits-1) - 1, with a scale taken
/// from x itself, per tensor or row.
///   s = max|x| / ((2^bits - 1) / 2), at least the type's smallest normal number
///   k = clip(round(x / s), -2^(bits-1), 2^(bits-1) - 1);  x_q = k s          (half to even)
/// The gradient passes where nothing was clipped. With its maximum at (2^bits - 1) / 2 steps, the
/// largest value of a row rounds to 2^(bits-1) when it is positive: it is clipped, and gets no
/// gradient. Source: torchao, quant_primitives.py (MappingType.SYMMETRIC), which AIMET's symmetric
/// quantizers agree with.
[[nodiscard]] at::Tensor symmetricFullQuantize(const at::Tensor& x,
                                               const QuantizerOptions& options);

[[nodiscard]] QuantizerDefinition symmetricFullDefinition();

}  // namespace retort::train
