#include "trainers/quantizers/held_grid.h"

#include "trainers/quantizers/elastic_binary.h"
#include "trainers/quantizers/fixed_range.h"
#include "trainers/quantizers/lsq.h"
#include "trainers/quantizers/lsq_plus.h"
#include "trainers/quantizers/min_max.h"
#include "trainers/quantizers/pact.h"

#include <ATen/ExpandUtils.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <utility>

namespace retort::train {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct QuantizeOnGrid : torch::autograd::Function<QuantizeOnGrid> {
  static at::Tensor forward(AutogradContext* context,
                            const at::Tensor& x,
                            const at::Tensor& first,
                            const at::Tensor& second,
                            const HeldGrid& grid,
                            const GridOptions& options) {
    context->save_for_backward({x, first, second});
    context->saved_data["grid"] = grid.spec.name;
    context->saved_data["bits"] = options.bits;
    context->saved_data["is_unsigned"] = options.is_unsigned;
    context->saved_data["clip"] = options.clip;
    return grid.quantize(x, parametersOf(grid, first, second), options);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const HeldGrid& grid = *findHeldGrid(context->saved_data["grid"].toStringRef());
    const GridOptions options = {.bits = static_cast<int>(context->saved_data["bits"].toInt()),
                                 .is_unsigned = context->saved_data["is_unsigned"].toBool(),
                                 .clip = context->saved_data["clip"].toDouble()};
    const variable_list saved = context->get_saved_variables();
    const at::Tensor& x = saved[0];
    const std::vector<at::Tensor> parameters = parametersOf(grid, saved[1], saved[2]);
    const GridDerivatives local = grid.derivatives(x, parameters, options);
    // x, two parameters, and what is no tensor.
    variable_list result(5);
    if (context->needs_input_grad(0)) {
      result[0] = gradients[0] * local.input;
    }
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const auto count = static_cast<double>(x.numel() / parameters[i].numel());
      const double scale = grid.gradientScale == nullptr ? 1 : grid.gradientScale(count, options);
      result[i + 1] =
          at::sum_to(gradients[0] * local.parameters[i], parameters[i].sizes()).mul(scale);
    }
    return result;
  }

  static std::vector<at::Tensor> parametersOf(const HeldGrid& grid,
                                              const at::Tensor& first,
                                              const at::Tensor& second) {
    return grid.parameters.size() == 1 ? std::vector<at::Tensor>{first}
                                       : std::vector<at::Tensor>{first, second};
  }
};

}  // namespace

const std::vector<const HeldGrid*>& heldGrids() {
  static const std::vector<const HeldGrid*> kGrids = {
      &betaGammaGrid(),
      &elasticBinaryGrid(),
      &fixedAsymmetricGrid(),
      &fixedSymmetricGrid(),
      &lsqGrid(),
      &lsqPlusGrid(),
      &minMaxGrid(),
      &pactGrid(),
  };
  return kGrids;
}

const HeldGrid* findHeldGrid(std::string_view name) {
  const auto& grids = heldGrids();
  const auto found = std::find_if(
      grids.begin(), grids.end(), [name](const HeldGrid* grid) { return grid->spec.name == name; });
  return found == grids.end() ? nullptr : *found;
}

at::Tensor quantizeOnGrid(const HeldGrid& grid,
                          const at::Tensor& x,
                          const std::vector<at::Tensor>& parameters,
                          const GridOptions& options) {
  const bool has_gradient =
      x.requires_grad() ||
      std::any_of(parameters.begin(), parameters.end(), [](const at::Tensor& parameter) {
        return parameter.requires_grad();
      });
  if (!at::GradMode::is_enabled() || !has_gradient) {
    return grid.quantize(x, parameters, options);
  }
  // A grid of one parameter has no second one: the first stands in and gets no gradient from there.
  return QuantizeOnGrid::apply(x, parameters.front(), parameters.back(), grid, options);
}

std::vector<std::int64_t> sharedDimensions(const at::Tensor& x, at::IntArrayRef parameter) {
  std::vector<std::int64_t> dimensions;
  const std::int64_t leading = x.dim() - static_cast<std::int64_t>(parameter.size());
  for (std::int64_t i = 0; i < x.dim(); ++i) {
    if (i < leading || parameter[static_cast<std::size_t>(i - leading)] == 1) {
      dimensions.push_back(i);
    }
  }
  return dimensions;
}

}  // namespace retort::train
