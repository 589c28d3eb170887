#pragma once

#include "trainers/quantizers/held_grid.h"

namespace retort::train {

/// Learned clipping values (PACT), with 2^bits levels between them. Two-sided (signed), with l =
/// min(low, 0), h = max(high, 0), s = (2^bits - 1) / (h - l):
///   x_q = (round(s clip(x, low, high) - s l) + s l) / s
///   dx_q/dx = 1[low < x < high];   dx_q/dhigh = 1[x >= high];   dx_q/dlow = 1[x <= low]
/// One-sided (unsigned): low counts as 0 and is not trained; dx_q/dx = 1[0 <= x <= high]. Scale and
/// zero point get no gradient, and gradients are not rescaled. Starts at the extremes. Source: Choi
/// et al. 2018, arXiv 1805.06085; K transformer/pact_func.py:86-121
/// (LearnedTwosidedClippedLinearQuantizeSTE, LearnedClippedLinearQuantizeSTE; the latter refuses
/// negative values, here they become 0).
[[nodiscard]] const HeldGrid& pactGrid();

}  // namespace retort::train
