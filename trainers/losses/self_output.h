#pragma once

#include "trainers/losses/loss.h"

namespace retort::train {

/// Self-attention-output loss (ablation): sum over layers of MSE of W_O context + b, before
/// dropout, residual and LayerNorm. Padded positions count. Shapes [B, N, D]. Source: K
/// main.py:696-700.
[[nodiscard]] const LossDefinition& selfOutputLoss();

}  // namespace retort::train
