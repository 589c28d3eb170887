#pragma once

#include <ATen/core/Tensor.h>

namespace retort::train {

/// The clipped straight-through estimator: the value is x_q, the gradient is x's.
///   dL/dx = dL/dx_q * 1[-clip < x < clip]        (zero at the bounds themselves)
/// Differentiable twice: the second derivative of the estimator itself is zero, so that a double
/// backward pass sees a line of slope 1 inside the clip. x, x_q: same shape and floating type; x_q
/// carries no gradient. Nothing flows to scales, thresholds or clip. Returns x_q itself when no
/// gradient is recorded. Source: K utils_quant.py:48-59, 105-116, 156-167 (the same for all
/// quantizers).
[[nodiscard]] at::Tensor straightThrough(const at::Tensor& x, const at::Tensor& x_q, double clip);

/// The same with the gradient where `passes` is true: bool, of x's shape.
[[nodiscard]] at::Tensor straightThroughWhere(const at::Tensor& x,
                                              const at::Tensor& x_q,
                                              const at::Tensor& passes);

}  // namespace retort::train
