#pragma once

#include "tests/trainers/tensor_testing.h"
#include "trainers/optimizers/optimizer.h"

#include <string>
#include <vector>

namespace retort::train {

/// The parameters, gradients and results of optimizer_golden.json
/// (tests/data/make_encoder_golden.py).
struct OptimizerGolden {
  OptimizerGolden() : golden(testData("optimizer_golden.json")) {
    for (std::size_t i = 0; i < golden.at("names").size(); ++i) {
      const auto shape = golden.at("shapes")[i].get<std::vector<std::int64_t>>();
      parameters.push_back(
          {golden.at("names")[i], tensorOf(golden.at("start")[i]).reshape(shape).requires_grad_()});
    }
  }

  [[nodiscard]] std::size_t steps() const { return golden.at("gradients").size(); }

  /// Hands the gradients of one step to the parameters.
  void setGradients(std::size_t step) {
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const Json& values = golden.at("gradients")[step][i];
      at::Tensor& tensor = parameters[i].tensor;
      tensor.mutable_grad() =
          values.is_null() ? at::Tensor() : tensorOf(values).reshape(tensor.sizes());
    }
  }

  /// Largest difference of the parameters from those after `step` (from 0).
  [[nodiscard]] double difference(const std::string& optimizer, std::size_t step) const {
    double largest = 0;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const at::Tensor expected = tensorOf(golden.at("parameters").at(optimizer)[step][i]);
      largest = std::max(largest, largestDifference(parameters[i].tensor.flatten(), expected));
    }
    return largest;
  }

  Json golden;
  NamedTensors parameters;
};

}  // namespace retort::train
