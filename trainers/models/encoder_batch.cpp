#include "trainers/models/encoder_batch.h"

namespace retort::train {

EncoderBatch EncoderBatch::to(at::Device device) const {
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
