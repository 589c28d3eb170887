#pragma once

#include "trainers/quantizers/quantizer.h"

namespace retort::train {

/// Loss-aware weights: levels and their scale, with the error of each weight counted by the
/// curvature d of the loss (for Adam d = sqrt(v) + 1e-8 of its second moment v; see Quantizer).
///   n = 2^(bits-1) - 1 (1 for 1 bit);  levels b in {-n, …, n} / n;  w_q = alpha b
///   1 bit (LAB):    b = sign(w);  alpha = sum d|w| / sum d
///   more (LAQ):     b = sign(w); then 11 times
///                   alpha = sum d|b w| / sum d|b|;  b = round(clip(w / alpha, -1, 1) n) / n
/// alpha is that of the b before the last, as in the authors' code. With `minimises_error` it is
/// what minimises sum d (w - alpha b)^2 for a given b, as in the paper, and belongs to the last b:
///                   alpha = sum d b w / sum d b^2
/// The two forms of alpha are equal for 1 and 2 bits. Sums are over the tensor or over each row.
/// Nothing is clipped, and the gradient passes everywhere. Zeros give zeros.
/// curvature: > 0, of x's shape and type. Source: Hou et al. 2017, arXiv 1611.01600 (LAB); Hou and
/// Kwok 2018, arXiv 1802.08635 (LAQ); BinaryBERT utils_quant.py:150-213 (LaqQuantizer).
[[nodiscard]] at::Tensor laqQuantizeByCurvature(const at::Tensor& x,
                                                const at::Tensor& curvature,
                                                const QuantizerOptions& options);

/// The same with curvature 1: all that the authors' code does.
[[nodiscard]] at::Tensor laqQuantize(const at::Tensor& x, const QuantizerOptions& options);

[[nodiscard]] QuantizerDefinition laqDefinition();

}  // namespace retort::train
