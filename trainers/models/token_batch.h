#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace retort::train {

/// What is at a position that a language model is not judged on, as in PyTorch and Hugging Face.
inline constexpr std::int64_t kIgnoredLabel = -100;

/// B rows, padded to N tokens: what a model reads.
struct TokenBatch {
  at::Tensor input_ids;       ///< [B, N] int64
  at::Tensor attention_mask;  ///< [B, N] int64: 1 for a token, 0 for padding; tokens come first
  /// [B, N] int64. Encoders: 0 for the first sentence and padding, 1 for the second. Language
  /// models: the number of the document within a packed row, whose tokens see no other's; may be
  /// undefined there.
  at::Tensor segment_ids;
  at::Tensor lengths;  ///< [B] int64: number of tokens, special ones included
  /// Classification: [B] int64 class, or the model's floating type for regression. Language models:
  /// [B, N] int64, the token that follows at each position, kIgnoredLabel where nothing is judged.
  /// May be undefined.
  at::Tensor labels;

  /// What the rows of the logits answer to: the labels of classification, [B]; of a language model
  /// those of the judged positions in row-major order, [M].
  [[nodiscard]] at::Tensor targets() const;

  [[nodiscard]] TokenBatch to(at::Device device) const;
};

}  // namespace retort::train
