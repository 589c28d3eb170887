#pragma once

#include "trainers/models/activation_point.h"

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace retort::train {

/// The parts of a forward pass that losses, probes and interventions look at.
enum class TracePart : unsigned {
  kScore = 1U << 0,
  kProb = 1U << 1,
  kContext = 1U << 2,
  kDense = 1U << 3,
  kOutput = 1U << 4,
  kHidden = 1U << 5,
  kValue = 1U << 6,
  kSum = 1U << 7,
  kNormedDense = 1U << 8,
  kClipped = 1U << 9,
  kProjection = 1U << 10,
};

/// A set of trace parts: `TraceSet{TracePart::kProb} | TracePart::kOutput`.
class TraceSet {
 public:
  constexpr TraceSet() = default;

  // Implicit on purpose: one part is a set.
  constexpr TraceSet(TracePart part)  // NOLINT(google-explicit-constructor)
      : bits_(static_cast<unsigned>(part)) {}

  [[nodiscard]] constexpr bool has(TracePart part) const {
    return (bits_ & static_cast<unsigned>(part)) != 0;
  }

  [[nodiscard]] static constexpr TraceSet all() { return TraceSet((1U << 11) - 1U); }

  [[nodiscard]] friend constexpr TraceSet operator|(TraceSet left, TraceSet right) {
    return TraceSet(left.bits_ | right.bits_);
  }

  constexpr TraceSet& operator|=(TraceSet other) { return *this = *this | other; }

  constexpr bool operator==(const TraceSet&) const = default;

 private:
  explicit constexpr TraceSet(unsigned bits) : bits_(bits) {}

  unsigned bits_ = 0;
};

/// How much of the activations at one place lies beyond the grid.
struct ClippedActivations {
  ActivationPoint point;
  std::size_t layer;  ///< 0 for the pooler's input
  at::Tensor share;   ///< scalar, of the real tokens' values
};

/// The output y = x W^T + b of each linear of a layer, [B, N, features], by projection as
/// parameterPlace names them: "q", "k", "v", "o", "gate", "up", "down".
using ProjectionOutputs = std::map<std::string, at::Tensor>;

/// What a forward pass leaves behind: B batch, H heads, N padded length, D hidden, d = D / H, L
/// layers, C classes, V vocabulary. One tensor per layer, except `hidden` (L + 1, the embedding
/// output first). Parts that were not asked for are empty, and so are those that an architecture
/// does not have. They carry gradients unless the pass ran without.
struct ModelTrace {
  std::vector<at::Tensor>
      score;  ///< [B, H, N, N]: Q K^T / sqrt(d) + mask (8-bit Q, K in a student), before softmax
  std::vector<at::Tensor> prob;  ///< [B, H, N, N]: softmax(score), before dropout and before 8 bits
  std::vector<at::Tensor> context;  ///< [B, H, N, d]: A V, before the heads are merged
  std::vector<at::Tensor>
      dense;  ///< [B, N, D]: W_O context + b, before dropout, residual and LayerNorm
  std::vector<at::Tensor> output;  ///< [B, N, D]: LayerNorm(dropout(dense) + layer input)
  std::vector<at::Tensor> value;   ///< [B, H, N, d]: V (8-bit in a student)
  std::vector<at::Tensor> sum;     ///< [B, N, D]: dropout(dense) + layer input, before LayerNorm
  std::vector<at::Tensor> normed_dense;  ///< [B, N, D]: LayerNorm(dropout(dense)): no layer input
  std::vector<at::Tensor> hidden;        ///< [B, N, D]: embedding output, then each layer's output
  std::vector<ClippedActivations> clipped;    ///< in the order of the pass; none where nothing is
                                              ///< quantized
  std::vector<ProjectionOutputs> projection;  ///< of decoders
  /// Always there: [B, C] of a classifier; [M, V] of a language model, a row for each of the M
  /// judged positions in row-major order (TokenBatch::targets), for each position when the batch
  /// has no labels.
  at::Tensor logits;
};

}  // namespace retort::train
