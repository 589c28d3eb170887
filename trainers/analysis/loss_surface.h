#pragma once

#include "trainers/analysis/tensor_list.h"

#include <cstdint>
#include <optional>
#include <vector>

/// Slices through the loss around the parameters as they are:
///   f(alpha, beta) = L(w + alpha d + beta e)
/// with two random directions d and e. Source: Li et al. 2018 (arXiv 1712.09913), sections 3 and 4.
namespace retort::train {

enum class SurfaceNormalization {
  kFilter,  ///< each row of a matrix to the norm of the weight's row; vectors (biases, LayerNorm) 0
  kTensor,  ///< each tensor to the norm of its weight
  kNone,    ///< Gaussian as drawn
};

/// A direction scaled to the parameters. kFilter: d_ij <- d_ij / (|d_ij| + 1e-10) * |w_ij| for row
/// j of matrix i, and zeros for tensors of one dimension, as the authors' code does by default
/// (net_plotter.py, normalize_direction, ignore='biasbn'). kTensor scales vectors, too.
[[nodiscard]] TensorList normalizedDirection(const TensorList& direction,
                                             const TensorList& parameters,
                                             SurfaceNormalization normalization);

/// `points` coordinates from -extent to extent, the middle one exactly 0. Throws c10::Error unless
/// `points` is odd and at least 3.
[[nodiscard]] std::vector<double> surfaceAxis(std::int64_t points, double extent);

struct SurfacePoint {
  double alpha = 0;  ///< along the first direction
  double beta = 0;   ///< along the second
  double loss = 0;

  bool operator==(const SurfacePoint&) const = default;
};

/// The loss at all pairs of coordinates, alpha in the outer order. Runs without gradients. The
/// parameters are moved and put back bit for bit; at (0, 0) the loss is that of the parameters
/// themselves. Empty when `pulse` gave it up.
[[nodiscard]] std::optional<std::vector<SurfacePoint>> lossSurface(const LossFunction& loss,
                                                                   const TensorList& parameters,
                                                                   const TensorList& first,
                                                                   const TensorList& second,
                                                                   const std::vector<double>& axis,
                                                                   const AnalysisPulse& pulse = {});

}  // namespace retort::train
