#include "trainers/quantizers/straight_through.h"

#include "trainers/kernels/fused_quantize.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/hardtanh_backward.h>
#include <torch/csrc/autograd/custom_function.h>

#include <utility>

namespace retort::train {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct StraightThrough : torch::autograd::Function<StraightThrough> {
  static at::Tensor forward(AutogradContext* context,
                            const at::Tensor& x,
                            const at::Tensor& x_q,
                            double clip) {
    context->save_for_backward({x});
    context->saved_data["clip"] = clip;
    return x_q;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const double clip = context->saved_data["clip"].toDouble();
    const at::Tensor x = context->get_saved_variables()[0];
    // Gradients that will be differentiated again need a graph; a kernel records none.
    const bool is_recorded = at::GradMode::is_enabled() && gradients[0].requires_grad();
    std::optional<at::Tensor> gradient;
    if (!is_recorded) {
      gradient = fusedStraightThrough(gradients[0], x, clip);
    }
    if (!gradient) {
      // hardtanh's derivative is exactly the mask 1[-clip < x < clip].
      gradient = at::hardtanh_backward(gradients[0], x, -clip, clip);
    }
    return {*std::move(gradient), at::Tensor(), at::Tensor()};
  }
};

struct StraightThroughWhere : torch::autograd::Function<StraightThroughWhere> {
  static at::Tensor forward(AutogradContext* context,
                            const at::Tensor& /*x*/,
                            const at::Tensor& x_q,
                            const at::Tensor& passes) {
    context->save_for_backward({passes});
    return x_q;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    return {gradients[0] * context->get_saved_variables()[0], at::Tensor(), at::Tensor()};
  }
};

}  // namespace

at::Tensor straightThroughWhere(const at::Tensor& x,
                                const at::Tensor& x_q,
                                const at::Tensor& passes) {
  TORCH_CHECK(x.sizes() == x_q.sizes() && x.sizes() == passes.sizes(),
              "straight-through: x has shape ",
              x.sizes(),
              ", its quantized values have ",
              x_q.sizes(),
              ", the mask has ",
              passes.sizes());
  if (!at::GradMode::is_enabled() || !x.requires_grad()) {
    return x_q;
  }
  return StraightThroughWhere::apply(x, x_q, passes);
}

at::Tensor straightThrough(const at::Tensor& x, const at::Tensor& x_q, double clip) {
  TORCH_CHECK(x.sizes() == x_q.sizes(),
              "straight-through: x has shape ",
              x.sizes(),
              ", its quantized values have ",
              x_q.sizes());
  if (!at::GradMode::is_enabled() || !x.requires_grad()) {
    return x_q;
  }
  return StraightThrough::apply(x, x_q, clip);
}

}  // namespace retort::train
