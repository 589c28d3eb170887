#pragma once

#include "trainers/quantizers/quantizer.h"

namespace retort::train {

/// LLM-QAT's quantizer of weights, per tensor or row. With 3 bits and more, on 2^bits - 1 levels:
///   s = (2^(bits-1) - 1) / (max|x| + 1e-6);  x_q = round(x s) / (s + 1e-6)    (half to even)
/// and the gradient passes where |x| < 2, though nothing is clipped there. With 2 bits and 1, with
/// a gradient that passes everywhere:
///   a = 2 mean|x|;  x_q = a (round(2 clip(x / a, -0.99, 0.99) - 0.5) + 0.5) / 2
///   a = mean|x|;    x_q = a sign(x)
/// Zeros stay zeros (the authors' 1 and 2 bits give NaN). Source: facebookresearch/LLM-QAT,
/// models/utils_quant.py (SymQuantizer, QuantizeLinear), arXiv 2305.17888.
[[nodiscard]] at::Tensor llmQatQuantize(const at::Tensor& x, const QuantizerOptions& options);

[[nodiscard]] QuantizerDefinition llmQatDefinition();

}  // namespace retort::train
