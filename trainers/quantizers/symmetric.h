#pragma once

#include "trainers/quantizers/quantizer.h"

namespace retort::train {

/// Symmetric min-max quantization on 2^bits - 1 levels (8 bits: -127..127), with a scale taken from
/// x itself.
///   x^c = clip(x, -clip, clip);  s = (2^(bits-1) - 1) / max|x^c|;  x_q = round(x^c s) / s (half to
///   even)
/// The maximum is over the tensor (for activations: the whole batch, padding included) or over each
/// row. A tensor or row of zeros gives zeros (the authors' code gives NaN): a maximum below 1e-30
/// counts as 1e-30. Source: K utils_quant.py:12-59 (SymQuantizer).
[[nodiscard]] at::Tensor symmetricQuantize(const at::Tensor& x, const QuantizerOptions& options);

[[nodiscard]] QuantizerDefinition symmetricDefinition();

}  // namespace retort::train
