#pragma once

#include "trainers/losses/loss.h"

namespace retort::train {

/// Attention-output loss: sum over layers of MSE(Y_l^S, Y_l^T), Y = LayerNorm(W_O context + b +
/// layer input): after projection, residual and LayerNorm. Padded positions count. Shapes [B, N,
/// D]. Source: K main.py:689-693.
[[nodiscard]] const LossDefinition& attentionOutputLoss();

}  // namespace retort::train
