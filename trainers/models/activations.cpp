#include "trainers/models/activations.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/gelu_backward.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>

namespace retort::train {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

at::Tensor geluForward(const at::Tensor& x) {
  at::Tensor phi = x.div(std::sqrt(2.0)).erf_().add_(1.0);
  return phi.mul_(x * 0.5);
}

struct WrittenOutGelu : torch::autograd::Function<WrittenOutGelu> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x) {
    context->save_for_backward({x});
    return geluForward(x);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    return {at::gelu_backward(gradients[0], context->get_saved_variables()[0])};
  }
};

}  // namespace

at::Tensor writtenOutGelu(const at::Tensor& x) {
  const bool records = at::GradMode::is_enabled() && x.requires_grad();
  return records ? WrittenOutGelu::apply(x) : geluForward(x);
}

}  // namespace retort::train
