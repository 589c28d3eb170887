#pragma once

#include "trainers/analysis/tensor_list.h"

#include <cstdint>
#include <optional>
#include <vector>

/// The largest eigenvalues of a Hessian without the Hessian: power iteration on products H v.
/// Quantizers enter through their straight-through gradients: H is the Hessian of the network in
/// which every quantizer is replaced by the line that its gradient claims (slope 1 inside the clip,
/// 0 beyond), the matrix that the authors' double backward passes give.
namespace retort::train {

/// H v for the Hessian H of one loss at the parameters as they are.
using HessianProduct = std::function<TensorList(const TensorList& vector)>;

/// Products by double backward passes through one graph of `loss`, which lives as long as the
/// result. The parameters must not change meanwhile. Exact, if every part of the loss can be
/// differentiated twice.
[[nodiscard]] HessianProduct doubleBackwardProduct(const LossFunction& loss,
                                                   const TensorList& parameters);

/// Products by central differences of gradients,
///   H v = (g(w + h v) - g(w - h v)) / (2 h),   h = step * (1 + |w|) / |v|.
/// For losses that cannot be differentiated twice. Moves the parameters and puts them back. Through
/// quantizers the result differs from the other product: it sees levels change, not the
/// straight-through line.
[[nodiscard]] HessianProduct finiteDifferenceProduct(const LossFunction& loss,
                                                     const TensorList& parameters,
                                                     double step);

struct EigenvalueOptions {
  std::size_t count = 1;              ///< eigenvalues wanted
  std::int64_t max_iterations = 100;  ///< of power iteration for each, of Lanczos in all
  double tolerance = 1e-2;
  std::uint64_t seed = 42;  ///< of the start vectors
};

struct Eigenvalue {
  double value = 0;
  double residual = 0;  ///< |H v - value v| / |value|, v of length 1
  std::int64_t iterations = 0;
  bool is_converged = false;
  TensorList vector;  ///< of length 1
};

/// The eigenvalues of largest magnitude, in the order in which they are found: power iteration from
/// a Gaussian start, each kept orthogonal to the vectors before it (deflation). An eigenvalue has
/// converged when the residual is at most `tolerance`: then an eigenvalue of H lies within that
/// relative distance of the value (Weinstein's bound for symmetric matrices), and what converges
/// usually does so to tolerance^2. One of H = 0 has converged at once. Those that reached
/// max_iterations are returned with is_converged = false. Empty when `pulse` gave it up. Source:
/// Yao et al. 2020 (PyHessian, arXiv 1912.07145), algorithm 2, with another stopping rule.
[[nodiscard]] std::optional<std::vector<Eigenvalue>> largestEigenvalues(
    const HessianProduct& product,
    const TensorList& parameters,
    const EigenvalueOptions& options,
    const AnalysisPulse& pulse = {});

/// The same as the authors' copy of PyHessian computes it (K hessian.py:162-209): lengths are
/// |v| + 1e-6; it stops when two values in a row differ by less than tolerance * (|last| + 1e-6),
/// returns the value before the last one, and does not tell whether it stopped or ran out. Here
/// is_converged and residual tell.
[[nodiscard]] std::optional<std::vector<Eigenvalue>> publishedEigenvalues(
    const HessianProduct& product,
    const TensorList& parameters,
    const EigenvalueOptions& options,
    const AnalysisPulse& pulse = {});

/// The authors' addition to the loss: sum over all tensors of their L2 norms, not squared (K
/// hessian.py:115-119, with factor 0.01). Its own Hessian, (I - p p^T / |p|^2) / |p| for each p, is
/// positive and grows without bound as a tensor shrinks: 0.01 / |p| of the smallest bias can be the
/// largest eigenvalue, and a tensor of zeros gives NaN.
[[nodiscard]] at::Tensor sumOfNorms(const TensorList& parameters);

}  // namespace retort::train
