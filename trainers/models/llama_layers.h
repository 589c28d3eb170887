#pragma once

#include "trainers/models/activation_pass.h"
#include "trainers/models/causal_attention.h"
#include "trainers/models/forward_options.h"
#include "trainers/models/llama_config.h"
#include "trainers/models/rotary_embedding.h"
#include "trainers/models/weight_matrix.h"

#include <ATen/core/Tensor.h>

#include <cstddef>

/// The parts of a forward pass of the LLaMA family as functions of their parameters. Shapes: B
/// batch, N padded length, D hidden, I intermediate, H heads of queries, K heads of keys and
/// values, d width of a head. LlamaModel binds them to names; nothing else calls them.
namespace retort::train {

struct DecoderLayerParameters {
  at::Tensor attention_norm;  ///< [D]
  Linear query;               ///< [H d, D]
  Linear key;                 ///< [K d, D]
  Linear value;               ///< [K d, D]
  at::Tensor query_norm;      ///< [d]; undefined where heads have no norms of their own
  at::Tensor key_norm;
  Linear attention_output;  ///< [D, H d]
  at::Tensor ffn_norm;      ///< [D]
  Linear gate;              ///< [I, D]
  Linear up;                ///< [I, D]
  Linear down;              ///< [D, I]
};

/// What all functions of one pass share. References must outlive the pass.
struct DecoderPass {
  const DecoderConfig& config;
  const ForwardOptions& options;
  const ActivationPass& activations;
  const RotaryTable& rotary;
  const VisibleKeys& visible;
  ModelTrace& trace;  ///< filled as far as options.trace asks
};

/// x / sqrt(mean(x^2) + eps) * weight over the last dimension; types below float are computed in
/// float.
[[nodiscard]] at::Tensor rmsNorm(const at::Tensor& x, const at::Tensor& weight, double eps);

/// One layer: [B, N, D] -> [B, N, D]. `index` counts from 0. Of the trace, `output` and `sum` are
/// the residual stream after the attention, `normed_dense` is `dense` by itself through the next
/// norm, and masked scores are -10000. Attention is computed in blocks unless its probabilities are
/// dropped or quantized; what is traced changes no bit of the result.
[[nodiscard]] at::Tensor decoderLayer(const DecoderLayerParameters& parameters,
                                      const at::Tensor& x,
                                      std::size_t index,
                                      const DecoderPass& pass);

}  // namespace retort::train
