#pragma once

#include "trainers/losses/loss.h"

namespace retort::train {

/// Hidden-state loss: sum over l = 0..L of MSE(X_l^S, X_l^T), where X_0 is the embedding output and
/// X_l that of layer l. Padded positions count. Shapes [B, N, D]. Source: K main.py:763-767.
[[nodiscard]] const LossDefinition& hiddenLoss();

}  // namespace retort::train
