#pragma once

#include "trainers/models/activation_pass.h"
#include "trainers/models/forward_options.h"
#include "trainers/models/llama_config.h"
#include "trainers/models/rotary_embedding.h"
#include "trainers/models/token_batch.h"
#include "trainers/models/weight_matrix.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <string>

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

/// What a query may look at, for each of the widths of the layers' windows: bool, [1 or B, 1, N,
/// N]; undefined where that is every token up to its own.
using VisibleKeys = std::map<std::int64_t, at::Tensor>;

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

/// Where each token stands in its document: [1, N] without documents, [B, N] with them.
[[nodiscard]] at::Tensor tokenPositions(const TokenBatch& batch);

/// Padding needs no mask: it comes last, where no token looks.
[[nodiscard]] VisibleKeys visibleKeys(const TokenBatch& batch, const DecoderConfig& config);

/// One layer: [B, N, D] -> [B, N, D]. `index` counts from 0. Of the trace, `output` and `sum` are
/// the residual stream after the attention, `normed_dense` is `dense` by itself through the next
/// norm, and masked scores are -10000. Attention is computed in blocks unless its probabilities are
/// dropped or quantized; what is traced changes no bit of the result.
[[nodiscard]] at::Tensor decoderLayer(const DecoderLayerParameters& parameters,
                                      const at::Tensor& x,
                                      std::size_t index,
                                      const DecoderPass& pass);

/// The rows of x, [B, N, D], whose next token is judged, in row-major order: [M, D]; all of them
/// without labels.
[[nodiscard]] at::Tensor judgedRows(const at::Tensor& x, const TokenBatch& batch);

}  // namespace retort::train
