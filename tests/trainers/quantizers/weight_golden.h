#pragma once

#include "tests/trainers/tensor_testing.h"
#include "trainers/quantizers/quantizer.h"

#include <ATen/ATen.h>

#include <string>

namespace retort::train {

/// How a quantizer differs from its cases in weight_quantizer_golden.json, which other programs
/// made in float32 (make_weight_quantizer_golden.py).
struct WeightDifferences {
  int cases = 0;
  std::int64_t integers = 0;   ///< levels that are not the same
  std::int64_t gradients = 0;  ///< elements where a gradient passes in one of them only
  double values = 0;           ///< largest difference
};

[[nodiscard]] inline WeightDifferences differencesFromGolden(
    const QuantizerDefinition& definition) {
  const Json golden = testData("weight_quantizer_golden.json");
  WeightDifferences found;
  for (const Json& wanted : golden.at("cases")) {
    if (wanted.at("quantizer") != definition.spec.name) {
      continue;
    }
    const at::Tensor x = tensorOf(golden.at("x"), at::kFloat) * wanted.value("factor", 1.0);
    const auto size = wanted.at("group_size").get<std::int64_t>();
    const Quantizer quantizer(
        definition,
        {.bits = wanted.at("bits").get<int>(),
         .granularity = size == x.size(1) ? Granularity::kRow : Granularity::kGroup,
         .group_size = size});
    const at::Tensor y = tensorOf(wanted.at("y"), at::kFloat);
    const at::Tensor levels = tensorOf(wanted.at("levels"));
    const at::Tensor x_q = quantizer(x);
    // A level's step, from the golden values: its value over its number.
    const at::Tensor rows = y.view({-1, size}).to(at::kDouble);
    const at::Tensor integers = levels.view({-1, size});
    const at::Tensor step = rows.abs().sum(1, true) / integers.abs().sum(1, true);
    const at::Tensor made = (x_q.view({-1, size}).to(at::kDouble) / step * 2).round() / 2;
    found.integers += made.ne(integers).sum().item<std::int64_t>();
    found.values = std::max(found.values, largestDifference(x_q, y));
    const at::Tensor gradient =
        gradientOf([&quantizer](const at::Tensor& input) { return quantizer(input); }, x);
    found.gradients +=
        gradient.ne(tensorOf(wanted.at("gradient"), at::kFloat)).sum().item<std::int64_t>();
    ++found.cases;
  }
  return found;
}

}  // namespace retort::train
