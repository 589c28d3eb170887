#pragma once

#include "trainers/models/activation_pass.h"
#include "trainers/models/causal_attention.h"
#include "trainers/models/gpt2_config.h"
#include "trainers/models/token_batch.h"
#include "trainers/models/weight_matrix.h"

#include <ATen/core/Tensor.h>

#include <cstddef>

/// The parts of a forward pass of GPT-2 as functions of their parameters. Shapes: B batch, N padded
/// length, D hidden, I intermediate. Gpt2Model binds them to names; nothing else calls them.
namespace retort::train {

struct Gpt2LayerParameters {
  NormParameters attention_norm;
  Linear query;  ///< [D, D]
  Linear key;
  Linear value;
  Linear attention_output;
  NormParameters ffn_norm;
  Linear up;    ///< [I, D]
  Linear down;  ///< [D, I]
};

/// What all functions of one pass share. References must outlive the pass.
struct Gpt2Pass {
  const Gpt2Config& config;
  const ActivationPass& activations;
  at::Tensor visible;  ///< what a query may look at (VisibleKeys); undefined: all before it
};

/// (x - mean) / sqrt(variance + eps) * weight + bias over the last dimension.
[[nodiscard]] at::Tensor layerNorm(const at::Tensor& x,
                                   const NormParameters& norm,
                                   const Gpt2Config& config);

/// dropout(token + position in its document): [B, N, D].
[[nodiscard]] at::Tensor embedTokens(const WeightMatrix& tokens,
                                     const WeightMatrix& positions,
                                     const TokenBatch& batch,
                                     const Gpt2Pass& pass);

/// One layer: [B, N, D] -> [B, N, D]. `index` counts from 0. Of the trace, `dense` is before
/// dropout, `output` and `sum` are the residual stream after the attention, and `normed_dense` is
/// dropout(dense) by itself through the next norm.
[[nodiscard]] at::Tensor gpt2Layer(const Gpt2LayerParameters& parameters,
                                   const at::Tensor& x,
                                   std::size_t index,
                                   const Gpt2Pass& pass);

}  // namespace retort::train
