#pragma once

#include "trainers/quantizers/held_grid.h"

namespace retort::train {

/// Symmetric quantization on 2^bits - 1 levels with a fixed range ("bound"), c = min(bound, clip):
///   s = (2^(bits-1) - 1) / c;  x_q = round(clip(x, -c, c) s) / s      (half to even)
/// The gradient passes where -c <= x <= c. With bound = max|x| and clip >= bound it is
/// symmetricQuantize, bit for bit. A bound below 1e-30 counts as 1e-30.
[[nodiscard]] const HeldGrid& fixedSymmetricGrid();

/// Asymmetric quantization on 2^bits levels with a fixed range ("low", "high", both within clip):
///   a = high - low + 1e-8;  n = 2^bits - 1;  x_q = round((clip(x, low, high) - low) / a * n) / n *
///   a
///   + low
/// The gradient passes where low <= x <= high. With the extremes of x it is asymmetricQuantize, bit
/// for bit.
[[nodiscard]] const HeldGrid& fixedAsymmetricGrid();

}  // namespace retort::train
