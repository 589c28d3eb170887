#pragma once

#include "trainers/quantizers/held_grid.h"

namespace retort::train {

/// An asymmetric grid whose ends are learned. With n = 2^bits - 1:
///   s = (h - l) / n;  z = -round(l / s)
///   k = clip(round(x / s) + z, 0, n);  x_q = (k - z) s                       (half to even)
/// Rounding is the identity to gradients. Inside, 0 <= round(x / s) + z <= n: dx_q/dx = 1 and
/// dx_q/ds = round(x / s) - x / s; outside: dx_q/dx = 0, dx_q/ds = k - z - l / s and dx_q/dl = 1 at
/// fixed s. With ds/dh = -ds/dl = 1 / n. A step below 1e-8 counts as 1e-8.
///
/// min_max: l and h are the parameters, and start at the extremes. beta_gamma: l = gamma min x,
/// h = beta max x over the values of this pass that share the grid, whose extremes get no gradient;
/// gamma and beta start at 1, or at RangeStatistics::share.
/// Source: arXiv 2404.16898 ("min/max" and "beta/gamma" without a sigmoid); AIMET learns min and
/// max.
[[nodiscard]] const HeldGrid& minMaxGrid();

[[nodiscard]] const HeldGrid& betaGammaGrid();

}  // namespace retort::train
