#pragma once

#include "trainers/quantizers/quantizer.h"

namespace retort::train {

/// Binary weights (BWN): two levels -alpha, alpha.
///   alpha = mean|w|;  w_q = alpha * sign(w)
/// The mean is over the tensor or over each row. Nothing is clipped, and the gradient passes
/// everywhere. A weight that is exactly 0 gives 0, as in the authors' code. Source: Rastegari et
/// al. 2016, arXiv 1603.05279; BinaryBERT utils_quant.py:347-379 (BwnQuantizer).
[[nodiscard]] at::Tensor binaryQuantize(const at::Tensor& x, const QuantizerOptions& options);

[[nodiscard]] QuantizerDefinition binaryDefinition();

}  // namespace retort::train
