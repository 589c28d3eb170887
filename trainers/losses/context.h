#pragma once

#include "trainers/losses/loss.h"

namespace retort::train {

/// Context loss (ablation): sum over layers of MSE(A V) before the heads are merged and projected.
/// Padded positions count. Shapes [B, H, N, d]. Source: K main.py:682-686.
[[nodiscard]] const LossDefinition& contextLoss();

}  // namespace retort::train
