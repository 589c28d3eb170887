#pragma once

#include "tests/trainers/tensor_testing.h"
#include "trainers/quantizers/quantizer.h"

#include <string>

namespace retort::train {

/// One case of encoder_golden_vectors.json: input, output and gradients of the authors' float32
/// code.
struct QuantizerCase {
  at::Tensor x;
  at::Tensor y;
  at::Tensor grad_out;
  at::Tensor grad_x;
};

[[nodiscard]] inline QuantizerCase quantizerCase(const std::string& name) {
  const Json golden = testData("encoder_golden_vectors.json").at(name);
  return {.x = tensorOf(golden.at("x"), at::kFloat),
          .y = tensorOf(golden.at("y"), at::kFloat),
          .grad_out = tensorOf(golden.at("grad_out"), at::kFloat),
          .grad_x = tensorOf(golden.at("grad_x"), at::kFloat)};
}

/// Largest difference of values and gradients from a golden case.
[[nodiscard]] inline double differenceFromGolden(const std::string& name,
                                                 const Quantizer& quantizer) {
  const QuantizerCase golden = quantizerCase(name);
  const at::Tensor gradient = gradientOf(
      [&quantizer](const at::Tensor& x) { return quantizer(x); }, golden.x, golden.grad_out);
  return std::max(largestDifference(quantizer(golden.x), golden.y),
                  largestDifference(gradient, golden.grad_x));
}

/// Number of different values.
[[nodiscard]] inline std::int64_t countLevels(const at::Tensor& x) {
  // Adding 0 makes -0 and 0 one value.
  const at::Tensor sorted = std::get<0>((x + 0.0).flatten().sort());
  return 1 + (sorted.slice(0, 1) - sorted.slice(0, 0, -1)).ne(0).sum().item<std::int64_t>();
}

}  // namespace retort::train
