#pragma once

#include "trainers/models/activation_pass.h"
#include "trainers/models/model.h"
#include "trainers/models/token_batch.h"
#include "trainers/models/weight_matrix.h"

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

/// What the layers of all decoders share: projections, causal attention within documents, and the
/// positions that are judged. Shapes: B batch, N padded length, D hidden, H heads of queries, K
/// heads of keys and values, d width of a head.
namespace retort::train {

/// Throws c10::Error for tensors of other shapes than input_ids', and for padding that does not
/// come last, where causal attention would see it (on the CPU: other devices would have to wait).
void checkDecoderBatch(const TokenBatch& batch);

/// The places where a decoder's pass quantizes activations. `is_real` as ActivationPass has it.
/// References must outlive it.
[[nodiscard]] ActivationPass decoderActivationPass(const Model& model,
                                                   const at::Tensor& is_real,
                                                   const ForwardOptions& options,
                                                   ModelTrace& trace);

/// The same of a pass over `batch`.
[[nodiscard]] ActivationPass decoderActivationPass(const Model& model,
                                                   const TokenBatch& batch,
                                                   const ForwardOptions& options,
                                                   ModelTrace& trace);

/// Where each token stands in its document: [1, N] without documents, [B, N] with them.
[[nodiscard]] at::Tensor tokenPositions(const TokenBatch& batch);

/// What a query may look at, for each of the widths of the layers' windows (0: all before it):
/// bool, [1 or B, 1, N, N]; undefined where that is every token up to its own.
using VisibleKeys = std::map<std::int64_t, at::Tensor>;

/// Padding needs no mask: it comes last, where no token looks.
[[nodiscard]] VisibleKeys visibleKeys(const TokenBatch& batch,
                                      const std::vector<std::int64_t>& windows);

/// x W^T + b for an input that is already quantized; in the trace of projections under `name` when
/// that is asked for.
[[nodiscard]] at::Tensor project(const Linear& parameters,
                                 const at::Tensor& x_q,
                                 const char* name,
                                 const ActivationPass& pass);

/// Keys and values [B, N, K d] as a cache would give them back.
[[nodiscard]] at::Tensor throughCache(const at::Tensor& x, const ActivationPass& pass);

/// [B, N, heads x width] -> [B, heads, N, width]
[[nodiscard]] at::Tensor splitHeads(const at::Tensor& x, std::int64_t width);

/// [B, H, N, d] each.
struct AttentionHeads {
  at::Tensor query;
  at::Tensor key;
  at::Tensor value;
};

/// How one layer attends.
struct CausalAttention {
  at::Tensor visible;  ///< of VisibleKeys
  double scale = 1;    ///< of the scores, usually 1 / sqrt(d)
  double dropout = 0;  ///< of the probabilities, in training
};

/// softmax(scale Q K^T) V, [B, H, N, d], at the places of layer `index`, and what the trace wants
/// of it: masked scores are -10000. Computed in blocks unless the probabilities are dropped or
/// quantized; what is traced changes no bit of the result.
[[nodiscard]] at::Tensor causalContext(const AttentionHeads& heads,
                                       const CausalAttention& attention,
                                       std::size_t index,
                                       const ActivationPass& pass);

/// W_O of that, b added where there is one: [B, N, D].
[[nodiscard]] at::Tensor attentionOutput(const Linear& parameters,
                                         const AttentionHeads& heads,
                                         const CausalAttention& attention,
                                         std::size_t index,
                                         const ActivationPass& pass);

/// Puts the output of W_O, [B, N, D], and the residual stream after it into the trace (as `dense`,
/// and as `output` and `sum`), where it wants them.
void traceAttention(const at::Tensor& dense, const at::Tensor& output, const ActivationPass& pass);

/// The rows of x, [B, N, D], whose next token is judged, in row-major order: [M, D]; all of them
/// without labels.
[[nodiscard]] at::Tensor judgedRows(const at::Tensor& x, const TokenBatch& batch);

}  // namespace retort::train
