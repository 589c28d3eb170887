#pragma once

#include "trainers/losses/loss.h"

namespace retort::train {

/// Embedding loss: MSE(X_0^S, X_0^T), X_0 the embeddings' output after LayerNorm and dropout: the
/// first term of the hidden-state loss alone. Padded positions count. Shapes [B, N, D]. Source:
/// TinyBERT, arXiv 1909.10351, equation 9 (without its projection of widths).
[[nodiscard]] const LossDefinition& embeddingsLoss();

}  // namespace retort::train
