#pragma once

#include "trainers/quantizers/held_grid.h"

namespace retort::train {

/// BiT's elastic binary activations, with a learned scale a:
///   signed:    x_q = a sign(x);   dx_q/dx = 1[-1 <= x/a <= 1];   dx_q/da = sign(x)
///   unsigned:  x_q = a clip(round(x/a), 0, 1);   dx_q/dx = 1[0 <= x/a <= 1];
///              dx_q/da = 0 where x/a < 0, 1 where x/a > 1, else round(x/a) - x/a
/// sign(0) is 0, as in the code. The scale's gradient is multiplied by 1 / sqrt(count); a scale
/// below 1e-5 counts as 1e-5. Starts at 2 mean|x|, unsigned 4 mean|x|; with a range of calibration
/// at max(|low|, |high|), unsigned high. Source: Liu et al. 2022, arXiv 2205.13016; B
/// transformer/utils_quant.py:22-144. The learned bias per channel that the code adds first is
/// quant.activation.shift.
[[nodiscard]] const HeldGrid& elasticBinaryGrid();

}  // namespace retort::train
