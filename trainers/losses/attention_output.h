#pragma once

#include "trainers/losses/loss.h"

namespace retort::train {

/// Attention-output loss: sum over layers of MSE(Y_l^S, Y_l^T), with a = W_O context + b (dropout
/// applied) and x the layer's input:
///   norm                  Y = LayerNorm(a + x)  the paper's code: K main.py:689-693
///   sum                   Y = a + x             the paper's text
///   norm_without_residual Y = LayerNorm(a), with the gain and offset of that LayerNorm
///   projection            Y = a before dropout  what distill.self_output compares
/// Padded positions count. Shapes [B, N, D].
[[nodiscard]] const LossDefinition& attentionOutputLoss();

}  // namespace retort::train
