#include "trainers/models/token_batch.h"

#include <ATen/TensorOperators.h>

namespace retort::train {

at::Tensor TokenBatch::targets() const {
  if (!labels.defined() || labels.dim() < 2) {
    return labels;
  }
  return labels.masked_select(labels != kIgnoredLabel);
}

TokenBatch TokenBatch::to(at::Device device) const {
  const auto move = [device](const at::Tensor& tensor) {
    return tensor.defined() ? tensor.to(device) : tensor;
  };
  return {.input_ids = move(input_ids),
          .attention_mask = move(attention_mask),
          .segment_ids = move(segment_ids),
          .lengths = move(lengths),
          .labels = move(labels)};
}

}  // namespace retort::train
