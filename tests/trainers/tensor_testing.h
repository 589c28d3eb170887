#pragma once

#include "core/base/json.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

/// What tests of tensors share. Values are written as nested JSON arrays: they read like the
/// matrices they are.
namespace retort::train {

/// A tensor from a nested array, e.g. tensorOf({{1, 2}, {3, 4}}). float64 unless told otherwise.
[[nodiscard]] at::Tensor tensorOf(const Json& values, at::ScalarType dtype = at::kDouble);

/// Standard normal values times `spread`, the same for the same seed; float64.
[[nodiscard]] at::Tensor randomTensor(const std::vector<std::int64_t>& shape,
                                      std::uint64_t seed,
                                      double spread = 1);

/// A file of tests/data.
[[nodiscard]] Json testData(const std::string& name);

/// max|a - b|; infinity when shapes differ or a value is NaN.
[[nodiscard]] double largestDifference(const at::Tensor& a, const at::Tensor& b);

/// The gradient of sum(f(x) * weight) at x; weight defaults to ones.
[[nodiscard]] at::Tensor gradientOf(const std::function<at::Tensor(const at::Tensor&)>& f,
                                    const at::Tensor& x,
                                    const at::Tensor& weight = {});

/// Largest difference between the gradient of the scalar f and central differences, at x (float64).
[[nodiscard]] double gradientError(const std::function<at::Tensor(const at::Tensor&)>& f,
                                   const at::Tensor& x);

/// |a - b| / max(|b|, 1e-12).
[[nodiscard]] double relativeDifference(double a, double b);

}  // namespace retort::train
