#pragma once

#include <ATen/core/Tensor.h>

namespace retort::train {

/// gelu(x) = (x / 2) * (1 + erf(x / sqrt 2)), computed in this order: it agrees bit for bit with
/// the authors' Python, which at::gelu does not (one ulp flips 8-bit roundings: encoder.md 8). The
/// gradient is the analytic derivative Phi(x) + x phi(x), in one pass. x: any shape, floating
/// point.
[[nodiscard]] at::Tensor writtenOutGelu(const at::Tensor& x);

}  // namespace retort::train
