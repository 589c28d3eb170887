#pragma once

#include "tests/trainers/tensor_testing.h"
#include "trainers/analysis/tensor_list.h"

#include <ATen/ops/cat.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace retort::train {

/// x^T A x / 2 of the golden 6 x 6 matrix, x in two tensors.
struct Quadratic {
  Json golden = testData("analysis_golden.json").at("matrix");
  at::Tensor matrix = tensorOf(golden.at("matrix"));
  TensorList parameters = {randomTensor({4}, 1).requires_grad_(),
                           randomTensor({2}, 2).requires_grad_()};

  [[nodiscard]] LossFunction loss() const {
    return [this] {
      const at::Tensor x = at::cat({parameters[0], parameters[1]});
      return x.dot(matrix.mv(x)) / 2;
    };
  }

  /// Eigenvalues by falling magnitude.
  [[nodiscard]] std::vector<double> eigenvalues() const {
    auto values = golden.at("eigenvalues").get<std::vector<double>>();
    std::sort(
        values.begin(), values.end(), [](double a, double b) { return std::abs(a) > std::abs(b); });
    return values;
  }
};

}  // namespace retort::train
