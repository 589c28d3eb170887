#pragma once

#include "trainers/quantizers/quantizer.h"

namespace retort::train {

/// Ternary weights (TWN): three levels -alpha, 0, +alpha.
///   w^c = clip(w, -clip, clip);  Delta = threshold_factor * mean|w^c|;  survivors: |w^c| > Delta
///   (strict) alpha = mean of |w^c| over the survivors;  w_q = alpha * sign(w) for survivors, 0
///   elsewhere
/// Means are over the tensor or over each row. A tensor or row of zeros has no survivor and gives
/// zeros (the authors' code gives NaN). Source: Li et al. 2016; K utils_quant.py:119-167.
[[nodiscard]] at::Tensor ternaryQuantize(const at::Tensor& x, const QuantizerOptions& options);

[[nodiscard]] QuantizerDefinition ternaryDefinition();

}  // namespace retort::train
