#pragma once

#include "trainers/quantizers/held_grid.h"

namespace retort::train {

/// Learned step size (LSQ). With the step a and v = (x - b) / a:
///   x_q = clip(round(v), n, p) a + b
///   dx_q/dx = 1[n <= v <= p];   dx_q/da = n where v < n, p where v > p, else round(v) - v
/// Signed: n = -2^(bits-1), p = 2^(bits-1) - 1, b = 0. Unsigned: n = 0, p = 2^bits - 1, and b is
/// the smallest x that shares the step, in each pass anew and without a gradient. The step's
/// gradient is multiplied by 1 / sqrt(count p), count the number of values that share it. A step
/// below 1e-5 counts as 1e-5. Starts at 2 mean|x| / sqrt(p), unsigned 4 mean|x| / sqrt(p); with a
/// range of calibration at max(|low|, |high|) / p, unsigned (high - low) / p. Source: Esser et al.
/// 2020, arXiv 1902.08153; H BinaryBERT/transformer/utils_quant.py:216-344 (SymLsqQuantizer,
/// AsymLsqQuantizer).
[[nodiscard]] const HeldGrid& lsqGrid();

/// The smallest step, and what a step gives to arithmetic: steps may be driven below zero.
[[nodiscard]] at::Tensor usableStep(const at::Tensor& step);

/// 1 / sqrt(count p).
[[nodiscard]] double lsqGradientScale(double count, double largest);

/// dx_q/dx and dx_q/da of a grid with levels n..p; v = (x - b) / a.
struct StepDerivatives {
  at::Tensor input;
  at::Tensor step;
};

[[nodiscard]] StepDerivatives stepDerivatives(const at::Tensor& v, double smallest, double largest);

}  // namespace retort::train
