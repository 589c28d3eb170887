#include "trainers/analysis/tensor_list.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>
#include <utility>

namespace retort::train {

TensorList tensorsOf(const NamedTensors& parameters) {
  TensorList tensors;
  tensors.reserve(parameters.size());
  for (const NamedTensor& parameter : parameters) {
    tensors.push_back(parameter.tensor);
  }
  return tensors;
}

double dot(const TensorList& a, const TensorList& b) {
  TORCH_CHECK(a.size() == b.size(), "dot: ", a.size(), " and ", b.size(), " tensors");
  const at::NoGradGuard no_grad;
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    TORCH_CHECK(a[i].sizes() == b[i].sizes(), "dot: shapes ", a[i].sizes(), " and ", b[i].sizes());
    sum += (a[i] * b[i]).sum(at::kDouble).item<double>();
  }
  return sum;
}

double norm(const TensorList& a) {
  return std::sqrt(dot(a, a));
}

TensorList addScaled(const TensorList& a, const TensorList& b, double factor) {
  TORCH_CHECK(a.size() == b.size(), "addScaled: ", a.size(), " and ", b.size(), " tensors");
  const at::NoGradGuard no_grad;
  TensorList sum;
  sum.reserve(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    sum.push_back(a[i].add(b[i], factor));
  }
  return sum;
}

TensorList scaled(const TensorList& a, double factor) {
  const at::NoGradGuard no_grad;
  TensorList product;
  product.reserve(a.size());
  for (const at::Tensor& tensor : a) {
    product.push_back(tensor * factor);
  }
  return product;
}

std::vector<TensorList> gaussianVectors(const TensorList& like,
                                        std::uint64_t seed,
                                        std::size_t count) {
  at::Generator generator = at::detail::createCPUGenerator(seed);
  std::vector<TensorList> vectors(count);
  for (TensorList& vector : vectors) {
    for (const at::Tensor& tensor : like) {
      vector.push_back(at::randn(tensor.sizes(), generator, at::kFloat)
                           .to(tensor.options().dtype(tensor.scalar_type())));
    }
  }
  return vectors;
}

TensorList gradientOf(const at::Tensor& loss, const TensorList& parameters, GraphUse use) {
  TensorList gradients = torch::autograd::grad({loss},
                                               parameters,
                                               /*grad_outputs=*/{},
                                               /*retain_graph=*/use != GraphUse::kLast,
                                               /*create_graph=*/use == GraphUse::kDifferentiable,
                                               /*allow_unused=*/true);
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    if (!gradients[i].defined()) {
      gradients[i] = at::zeros_like(parameters[i]);
    }
  }
  return gradients;
}

ParameterShift::ParameterShift(TensorList parameters) : parameters_(std::move(parameters)) {
  for (const at::Tensor& parameter : parameters_) {
    found_.push_back(parameter.detach().clone());
  }
}

ParameterShift::~ParameterShift() {
  const at::NoGradGuard no_grad;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    parameters_[i].copy_(found_[i]);
  }
}

void ParameterShift::moveTo(const TensorList& displacement) {
  TORCH_CHECK(displacement.size() == parameters_.size(),
              "a displacement of ",
              displacement.size(),
              " tensors for ",
              parameters_.size(),
              " parameters");
  const at::NoGradGuard no_grad;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    parameters_[i].copy_(found_[i] + displacement[i]);
  }
}

}  // namespace retort::train
