#pragma once

#include "trainers/probes/probe.h"

namespace retort::train {

/// Where the quantized weights of one matrix lie; the three sum to 1.
struct LevelShares {
  double negative = 0;
  double zero = 0;
  double positive = 0;
};

/// w_q: quantized weights, any shape, at least one element.
[[nodiscard]] LevelShares levelShares(const at::Tensor& w_q);

/// The signs of quantized weights as int8: for ternary and binary grids these are the levels.
[[nodiscard]] at::Tensor levelsOf(const at::Tensor& w_q);

/// The share of weights whose level differs; both int8, of the same shape.
///   (1 / n) sum_i 1[s_i(now) != s_i(before)]
[[nodiscard]] double flipRate(const at::Tensor& before, const at::Tensor& now);

[[nodiscard]] const ProbeDefinition& ternaryLevelsProbe();

}  // namespace retort::train
