#pragma once

#include <ATen/core/Tensor.h>

namespace retort::train {

/// B sentences (or pairs), padded to N tokens: what an encoder reads.
struct EncoderBatch {
  at::Tensor input_ids;       ///< [B, N] int64
  at::Tensor attention_mask;  ///< [B, N] int64: 1 for a token, 0 for padding; tokens come first
  at::Tensor segment_ids;  ///< [B, N] int64: 0 for the first sentence and padding, 1 for the second
  at::Tensor lengths;      ///< [B] int64: number of tokens, [CLS] and [SEP] included
  at::Tensor
      labels;  ///< [B] int64 class, or the model's floating type for regression; may be undefined

  [[nodiscard]] EncoderBatch to(at::Device device) const;
};

}  // namespace retort::train
