#include "trainers/analysis/loss_surface.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/zeros_like.h>

namespace retort::train {

namespace {

// The authors' guard against a row of zeros.
constexpr double kSmallestNorm = 1e-10;

at::Tensor scaledToWeight(const at::Tensor& direction,
                          const at::Tensor& weight,
                          SurfaceNormalization normalization) {
  if (normalization == SurfaceNormalization::kNone) {
    return direction;
  }
  const bool has_rows = weight.dim() > 1;
  if (normalization == SurfaceNormalization::kFilter && !has_rows) {
    return at::zeros_like(direction);
  }
  const auto normOf = [&](const at::Tensor& tensor) {
    return normalization == SurfaceNormalization::kFilter
               ? at::linalg_vector_norm(tensor.flatten(1), 2, {1}, /*keepdim=*/true)
               : at::linalg_vector_norm(tensor, 2);
  };
  return direction * (normOf(weight) / (normOf(direction) + kSmallestNorm));
}

}  // namespace

TensorList normalizedDirection(const TensorList& direction,
                               const TensorList& parameters,
                               SurfaceNormalization normalization) {
  TORCH_CHECK(direction.size() == parameters.size(),
              "a direction of ",
              direction.size(),
              " tensors for ",
              parameters.size(),
              " parameters");
  const at::NoGradGuard no_grad;
  TensorList normalized;
  normalized.reserve(direction.size());
  for (std::size_t i = 0; i < direction.size(); ++i) {
    normalized.push_back(scaledToWeight(direction[i], parameters[i], normalization));
  }
  return normalized;
}

std::vector<double> surfaceAxis(std::int64_t points, double extent) {
  TORCH_CHECK(points >= 3 && points % 2 == 1,
              "a loss surface needs an odd number of points, at least 3, but got ",
              points);
  std::vector<double> axis;
  const std::int64_t half = points / 2;
  for (std::int64_t i = -half; i <= half; ++i) {
    axis.push_back(extent * static_cast<double>(i) / static_cast<double>(half));
  }
  return axis;
}

std::optional<std::vector<SurfacePoint>> lossSurface(const LossFunction& loss,
                                                     const TensorList& parameters,
                                                     const TensorList& first,
                                                     const TensorList& second,
                                                     const std::vector<double>& axis,
                                                     const AnalysisPulse& pulse) {
  const at::NoGradGuard no_grad;
  ParameterShift shift(parameters);
  std::vector<SurfacePoint> points;
  points.reserve(axis.size() * axis.size());
  for (const double alpha : axis) {
    const TensorList along = scaled(first, alpha);
    for (const double beta : axis) {
      if (pulse && !pulse()) {
        return std::nullopt;
      }
      shift.moveTo(addScaled(along, second, beta));
      points.push_back({.alpha = alpha, .beta = beta, .loss = loss().item<double>()});
    }
  }
  return points;
}

}  // namespace retort::train
