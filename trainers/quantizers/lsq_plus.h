#pragma once

#include "trainers/quantizers/held_grid.h"

namespace retort::train {

/// Learned step a and offset b (LSQ+), on the levels 0..p, p = 2^bits - 1, v = (x - b) / a:
///   x_q = clip(round(v), 0, p) a + b
///   dx_q/dx = 1[0 <= v <= p];   dx_q/da = 0 where v < 0, p where v > p, else round(v) - v
///   dx_q/db = 1 where v < 0 or v > p, else 0
/// Both gradients are multiplied by 1 / sqrt(count p). A step below 1e-5 counts as 1e-5. Starts at
/// a = (high - low) / p, b = low. Source: Bhalgat et al. 2020, arXiv 2004.09576, equations 1 to 6
/// (configuration 4: unsigned levels, learned offset).
[[nodiscard]] const HeldGrid& lsqPlusGrid();

}  // namespace retort::train
