#include "trainers/data/token_row_tensors.h"

#include <ATen/ops/tensor.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace retort::train {

static_assert(kNoLabel == kIgnoredLabel);

TokenBatch tokenBatch(const TokenRowBatch& batch, bool has_documents) {
  const auto matrix = [&](const std::vector<std::int64_t>& values) {
    return at::tensor(values, at::kLong).view({batch.rows, batch.width});
  };
  TokenBatch tensors;
  tensors.input_ids = matrix(batch.input_ids);
  tensors.attention_mask = matrix(batch.attention_mask);
  tensors.labels = matrix(batch.labels);
  tensors.lengths = at::tensor(batch.lengths, at::kLong);
  if (has_documents) {
    tensors.segment_ids = matrix(batch.segment_ids);
  }
  return tensors;
}

TokenRowBatch sliceRows(const TokenRows& rows, std::int64_t first, std::int64_t count) {
  std::vector<std::int64_t> numbers(
      static_cast<std::size_t>(std::clamp<std::int64_t>(rows.size() - first, 0, count)));
  std::iota(numbers.begin(), numbers.end(), first);
  return rows.batch(numbers);
}

}  // namespace retort::train
