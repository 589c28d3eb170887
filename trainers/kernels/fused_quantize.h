#pragma once

#include "trainers/quantizers/quantizer.h"

#include <ATen/core/Tensor.h>

#include <optional>

/// Fused kernels for what quantizers do on every step. A quantizer asks here first and composes
/// ATen operations when the answer is empty: on the CPU, for another type than float32 and float64,
/// for memory that is not contiguous, or in a build without CUDA kernels. The composition on the
/// CPU is the reference:
///   symmetric          the same bits, in float32 and float64
///   straight-through   the same bits
///   ternary            sums are made in float64 in another order, so threshold and level agree to
///                      the rounding of the type; the integers -1, 0, 1 are the same unless a
///                      magnitude lies within that rounding of the threshold
namespace retort::train {

/// True when this program holds CUDA kernels; whether there is a GPU is another question.
[[nodiscard]] bool hasCudaKernels();

/// quantizers/symmetric.h
[[nodiscard]] std::optional<at::Tensor> fusedSymmetric(const at::Tensor& x,
                                                       const QuantizerOptions& options);

/// quantizers/ternary.h
[[nodiscard]] std::optional<at::Tensor> fusedTernary(const at::Tensor& x,
                                                     const QuantizerOptions& options);

/// The gradient of quantizers/straight_through.h: `gradient` where -clip < x < clip, else 0.
[[nodiscard]] std::optional<at::Tensor> fusedStraightThrough(const at::Tensor& gradient,
                                                             const at::Tensor& x,
                                                             double clip);

}  // namespace retort::train
