#include "trainers/analysis/hessian.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>
#include <memory>
#include <utility>

namespace retort::train {

namespace {

// PyHessian's guard of both a length and a relative change.
constexpr double kPublishedEpsilon = 1e-6;

bool isGivenUp(const AnalysisPulse& pulse) {
  return pulse && !pulse();
}

/// v without its parts along the orthonormal vectors.
TensorList deflated(TensorList vector, const std::vector<Eigenvalue>& found) {
  for (const Eigenvalue& eigenvalue : found) {
    vector = addScaled(vector, eigenvalue.vector, -dot(vector, eigenvalue.vector));
  }
  return vector;
}

/// v of length 1, or zeros.
TensorList unit(const TensorList& vector) {
  const double length = norm(vector);
  return length > 0 ? scaled(vector, 1 / length) : vector;
}

double relativeResidual(const TensorList& product, const TensorList& vector, double value) {
  const double residual = norm(addScaled(product, vector, -value));
  return value != 0 ? residual / std::abs(value) : residual;
}

/// One more eigenvalue; empty when given up.
std::optional<Eigenvalue> iterate(const HessianProduct& product,
                                  TensorList start,
                                  const std::vector<Eigenvalue>& found,
                                  const EigenvalueOptions& options,
                                  const AnalysisPulse& pulse) {
  Eigenvalue best{.vector = unit(deflated(std::move(start), found))};
  while (best.iterations < options.max_iterations) {
    if (isGivenUp(pulse)) {
      return std::nullopt;
    }
    const TensorList image = deflated(product(best.vector), found);
    best.value = dot(image, best.vector);
    best.residual = relativeResidual(image, best.vector, best.value);
    ++best.iterations;
    best.is_converged = best.residual <= options.tolerance;
    // Not a number does not become one again; and a converged vector stays that of its value.
    if (best.is_converged || !std::isfinite(best.value)) {
      break;
    }
    best.vector = unit(image);
  }
  return best;
}

TensorList publishedUnit(const TensorList& vector) {
  return scaled(vector, 1 / (norm(vector) + kPublishedEpsilon));
}

std::optional<Eigenvalue> publishedIterate(const HessianProduct& product,
                                           const TensorList& start,
                                           const std::vector<Eigenvalue>& found,
                                           const EigenvalueOptions& options,
                                           const AnalysisPulse& pulse) {
  Eigenvalue result{.vector = publishedUnit(start)};
  while (result.iterations < options.max_iterations && !result.is_converged) {
    if (isGivenUp(pulse)) {
      return std::nullopt;
    }
    const TensorList vector = publishedUnit(deflated(result.vector, found));
    const TensorList image = product(vector);
    const double value = dot(image, vector);
    result.residual = relativeResidual(image, vector, value);
    result.vector = publishedUnit(image);
    const double change = std::abs(result.value - value);
    result.is_converged = result.iterations > 0 &&
                          change < options.tolerance * (std::abs(result.value) + kPublishedEpsilon);
    ++result.iterations;
    if (!result.is_converged) {
      result.value = value;
    }
  }
  return result;
}

template <class Iterate>
std::optional<std::vector<Eigenvalue>> eigenvalues(const TensorList& parameters,
                                                   const EigenvalueOptions& options,
                                                   Iterate next) {
  std::vector<Eigenvalue> found;
  for (TensorList& start : gaussianVectors(parameters, options.seed, options.count)) {
    std::optional<Eigenvalue> eigenvalue = next(std::move(start), found);
    if (!eigenvalue) {
      return std::nullopt;
    }
    found.push_back(*std::move(eigenvalue));
  }
  return found;
}

}  // namespace

HessianProduct doubleBackwardProduct(const LossFunction& loss, const TensorList& parameters) {
  TensorList gradients = gradientOf(loss(), parameters, GraphUse::kDifferentiable);
  return [gradients = std::move(gradients), parameters](const TensorList& vector) {
    TensorList outputs;
    TensorList factors;
    for (std::size_t i = 0; i < gradients.size(); ++i) {
      // A gradient that is constant has no graph, and adds nothing.
      if (gradients[i].requires_grad()) {
        outputs.push_back(gradients[i]);
        factors.push_back(vector.at(i));
      }
    }
    TensorList product(parameters.size());
    if (!outputs.empty()) {
      product = torch::autograd::grad(outputs,
                                      parameters,
                                      factors,
                                      /*retain_graph=*/true,
                                      /*create_graph=*/false,
                                      /*allow_unused=*/true);
    }
    for (std::size_t i = 0; i < product.size(); ++i) {
      if (!product[i].defined()) {
        product[i] = at::zeros_like(parameters[i]);
      }
    }
    return product;
  };
}

HessianProduct finiteDifferenceProduct(const LossFunction& loss,
                                       const TensorList& parameters,
                                       double step) {
  const double size = 1 + norm(parameters);
  return [loss, parameters, step, size](const TensorList& vector) {
    const double length = norm(vector);
    const double h = length > 0 ? step * size / length : step;
    ParameterShift shift(parameters);
    shift.moveTo(scaled(vector, h));
    const TensorList ahead = gradientOf(loss(), parameters);
    shift.moveTo(scaled(vector, -h));
    const TensorList behind = gradientOf(loss(), parameters);
    return scaled(addScaled(ahead, behind, -1), 1 / (2 * h));
  };
}

std::optional<std::vector<Eigenvalue>> largestEigenvalues(const HessianProduct& product,
                                                          const TensorList& parameters,
                                                          const EigenvalueOptions& options,
                                                          const AnalysisPulse& pulse) {
  return eigenvalues(
      parameters, options, [&](TensorList start, const std::vector<Eigenvalue>& found) {
        return iterate(product, std::move(start), found, options, pulse);
      });
}

std::optional<std::vector<Eigenvalue>> publishedEigenvalues(const HessianProduct& product,
                                                            const TensorList& parameters,
                                                            const EigenvalueOptions& options,
                                                            const AnalysisPulse& pulse) {
  return eigenvalues(
      parameters, options, [&](const TensorList& start, const std::vector<Eigenvalue>& found) {
        return publishedIterate(product, start, found, options, pulse);
      });
}

at::Tensor sumOfNorms(const TensorList& parameters) {
  TORCH_CHECK(!parameters.empty(), "sumOfNorms: no parameters");
  at::Tensor sum = at::zeros({}, parameters.front().options());
  for (const at::Tensor& parameter : parameters) {
    sum = sum + parameter.norm();
  }
  return sum;
}

}  // namespace retort::train
