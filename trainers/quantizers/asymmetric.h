#pragma once

#include "trainers/quantizers/quantizer.h"

namespace retort::train {

/// Asymmetric min-max quantization on 2^bits levels between the smallest and the largest value.
///   x^c = clip(x, -clip, clip);  b = min x^c;  a = max x^c - b;  n = 2^bits - 1
///   x_q = round((x^c - b) / (a + 1e-8) * n) / n * (a + 1e-8) + b        (half to even)
/// Extremes are over the tensor or over each row. A constant tensor gives itself. BinaryBERT uses
/// it for attention probabilities and the input of the second feed-forward layer; the encoder
/// recipes here do not. Source: K utils_quant.py:62-116 (AsymQuantizer).
[[nodiscard]] at::Tensor asymmetricQuantize(const at::Tensor& x, const QuantizerOptions& options);

[[nodiscard]] QuantizerDefinition asymmetricDefinition();

}  // namespace retort::train
