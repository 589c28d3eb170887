#include "trainers/optimizers/gradient_clipping.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/stack.h>

#include <cmath>
#include <optional>

namespace retort::train {
namespace {

// torch.nn.utils.clip_grad_norm_'s guard against a zero norm.
constexpr double kNormEpsilon = 1e-6;

/// Sums of 16-bit numbers are in float; empty: in the gradient's own type.
std::optional<at::ScalarType> widerType(const at::Tensor& gradient) {
  const bool is_narrow = gradient.itemsize() < sizeof(float);
  return is_narrow ? std::optional(at::kFloat) : std::nullopt;
}

void scaleGradient(const NamedTensor& entry, double factor) {
  at::Tensor gradient = entry.tensor.grad();
  if (gradient.defined() && factor < 1) {
    gradient.mul_(factor);
  }
}

}  // namespace

std::vector<double> gradientNorms(const NamedTensors& parameters) {
  const at::NoGradGuard no_grad;
  std::vector<at::Tensor> norms;
  std::vector<std::size_t> owners;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const at::Tensor& gradient = parameters[i].tensor.grad();
    if (gradient.defined()) {
      norms.push_back(
          at::linalg_vector_norm(gradient, 2, {}, /*keepdim=*/false, widerType(gradient)));
      owners.push_back(i);
    }
  }
  std::vector<double> result(parameters.size(), 0.0);
  if (norms.empty()) {
    return result;
  }
  const at::Tensor values = at::stack(norms).to(at::kCPU, at::kDouble);
  const double* value = values.const_data_ptr<double>();
  for (std::size_t i = 0; i < owners.size(); ++i) {
    result[owners[i]] = value[i];
  }
  return result;
}

double totalNorm(const std::vector<double>& norms) {
  double square = 0;
  for (const double norm : norms) {
    square += norm * norm;
  }
  return std::sqrt(square);
}

std::vector<double> clipPerTensor(const NamedTensors& parameters, double max_norm) {
  const at::NoGradGuard no_grad;
  std::vector<double> norms = gradientNorms(parameters);
  if (max_norm > 0) {
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      scaleGradient(parameters[i], max_norm / (norms[i] + kNormEpsilon));
    }
  }
  return norms;
}

double clipGlobal(const NamedTensors& parameters, double max_norm) {
  const at::NoGradGuard no_grad;
  const double total = totalNorm(gradientNorms(parameters));
  if (max_norm > 0) {
    for (const NamedTensor& entry : parameters) {
      scaleGradient(entry, max_norm / (total + kNormEpsilon));
    }
  }
  return total;
}

}  // namespace retort::train
