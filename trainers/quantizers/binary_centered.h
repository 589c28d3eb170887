#pragma once

#include "trainers/quantizers/quantizer.h"

namespace retort::train {

/// Binary weights around their mean (BiT): two levels -alpha, alpha.
///   alpha = mean|w|;  w_q = alpha * sign(w - mean(w))
/// alpha is over the tensor or over each row; mean(w) is over the whole tensor in any case, as in
/// the authors' code. Nothing is clipped, and the gradient passes everywhere. Source: Liu et al.
/// 2022, arXiv 2205.13016; code of BiT, utils_quant.py:169-203 (BwnQuantizer).
[[nodiscard]] at::Tensor binaryCenteredQuantize(const at::Tensor& x,
                                                const QuantizerOptions& options);

[[nodiscard]] QuantizerDefinition binaryCenteredDefinition();

}  // namespace retort::train
