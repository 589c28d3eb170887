#pragma once

#include "trainers/data/token_rows.h"
#include "trainers/models/token_batch.h"

#include <cstdint>
#include <span>

namespace retort::train {

/// The tensors of a batch of rows, on the CPU. Without `has_documents` segment_ids stays undefined:
/// all tokens of a row see each other.
[[nodiscard]] TokenBatch tokenBatch(const TokenRowBatch& batch, bool has_documents);

/// Rows first … first + count - 1 (fewer at the end): for evaluation.
[[nodiscard]] TokenRowBatch sliceRows(const TokenRows& rows,
                                      std::int64_t first,
                                      std::int64_t count);

}  // namespace retort::train
