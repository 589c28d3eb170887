#include "trainers/training/batch_part.h"

#include <ATen/TensorOperators.h>

#include <algorithm>

namespace retort::train {
namespace {

TokenBatch rowsOf(const TokenBatch& batch, std::int64_t first, std::int64_t count) {
  const auto narrow = [&](const at::Tensor& tensor) {
    return tensor.defined() ? tensor.narrow(0, first, count) : tensor;
  };
  return {.input_ids = narrow(batch.input_ids),
          .attention_mask = narrow(batch.attention_mask),
          .segment_ids = narrow(batch.segment_ids),
          .lengths = narrow(batch.lengths),
          .labels = narrow(batch.labels)};
}

/// Rows of the logits that the labels of a batch answer to.
double logitRows(const TokenBatch& batch) {
  if (batch.labels.defined() && batch.labels.dim() == 2) {
    return batch.labels.ne(kIgnoredLabel).sum().item<double>();
  }
  return static_cast<double>(batch.input_ids.size(0));
}

}  // namespace

std::vector<BatchPart> splitBatch(const TokenBatch& batch, std::int64_t rows) {
  const std::int64_t total = batch.input_ids.size(0);
  if (total <= rows) {
    return {{.batch = batch, .share = {}}};
  }
  const double all_logits = logitRows(batch);
  std::vector<BatchPart> parts;
  for (std::int64_t first = 0; first < total; first += rows) {
    const std::int64_t count = std::min(rows, total - first);
    TokenBatch part = rowsOf(batch, first, count);
    const double share = logitRows(part) / all_logits;
    parts.push_back({.batch = std::move(part),
                     .share = {.sequences = static_cast<double>(count) / static_cast<double>(total),
                               .logits = share},
                     .first_row = first});
  }
  return parts;
}

}  // namespace retort::train
