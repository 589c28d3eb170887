#pragma once

#include "tests/trainers/tensor_testing.h"
#include "trainers/quantizers/quantizer.h"

#include <algorithm>
#include <limits>
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

/// Largest difference from quantizer_golden.json in all its cases for that quantizer (float64);
/// infinity when there is none.
[[nodiscard]] inline double differenceFromSecondImplementation(
    const QuantizerDefinition& definition) {
  const Json golden = testData("quantizer_golden.json");
  const at::Tensor w = tensorOf(golden.at("w"));
  const at::Tensor d = tensorOf(golden.at("d"));
  double largest = -1;
  for (const Json& wanted : golden.at("cases")) {
    if (wanted.at("quantizer") != definition.spec.name) {
      continue;
    }
    const QuantizerOptions options = {
        .bits = wanted.value("bits", 1),
        .granularity = wanted.at("by_row").get<bool>() ? Granularity::kRow : Granularity::kTensor,
        .minimises_error = wanted.value("paper", false)};
    const at::Tensor y = wanted.value("curved", false)
                             ? definition.quantize_by_curvature(w, d, options)
                             : definition.quantize(w, options);
    largest = std::max(largest, largestDifference(y, tensorOf(wanted.at("y"))));
  }
  return largest < 0 ? std::numeric_limits<double>::infinity() : largest;
}

/// Number of different values.
[[nodiscard]] inline std::int64_t countLevels(const at::Tensor& x) {
  // Adding 0 makes -0 and 0 one value.
  const at::Tensor sorted = std::get<0>((x + 0.0).flatten().sort());
  return 1 + (sorted.slice(0, 1) - sorted.slice(0, 0, -1)).ne(0).sum().item<std::int64_t>();
}

}  // namespace retort::train
