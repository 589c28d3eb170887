#pragma once

#include "tests/trainers/tensor_testing.h"
#include "trainers/quantizers/held_grid.h"

#include <algorithm>
#include <string>
#include <vector>

namespace retort::train {

/// Largest difference of values and gradients from a case of learned_quantizer_golden.json, made by
/// a second implementation (make_learned_quantizer_golden.py).
[[nodiscard]] inline double differenceFromGolden(const HeldGrid& grid, const std::string& name) {
  const Json golden = testData("learned_quantizer_golden.json").at(name);
  const GridOptions options = {.bits = golden.at("bits").get<int>(),
                               .is_unsigned = golden.at("is_unsigned").get<bool>()};
  at::Tensor x = tensorOf(golden.at("x")).requires_grad_(true);
  std::vector<at::Tensor> parameters;
  for (const Json& values : golden.at("parameters")) {
    parameters.push_back(tensorOf(values).requires_grad_(true));
  }
  const at::Tensor x_q = quantizeOnGrid(grid, x, parameters, options);
  (x_q * tensorOf(golden.at("grad_out"))).sum().backward();
  double largest = std::max(largestDifference(x_q.detach(), tensorOf(golden.at("y"))),
                            largestDifference(x.grad(), tensorOf(golden.at("grad_x"))));
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const at::Tensor gradient = tensorOf(golden.at("grad_parameters").at(i));
    largest = std::max(largest, largestDifference(parameters[i].grad(), gradient));
  }
  return largest;
}

/// What calibration would have seen of these values, as one group.
[[nodiscard]] inline RangeStatistics statisticsOf(const at::Tensor& x) {
  return {.low = x.min().reshape({1}),
          .high = x.max().reshape({1}),
          .mean_magnitude = x.abs().mean().reshape({1})};
}

}  // namespace retort::train
