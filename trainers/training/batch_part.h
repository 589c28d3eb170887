#pragma once

#include "trainers/losses/loss.h"
#include "trainers/models/token_batch.h"

#include <cstdint>
#include <vector>

namespace retort::train {

/// Some rows of an update's batch.
struct BatchPart {
  TokenBatch batch;
  BatchShare share;            ///< of the update's batch
  std::int64_t first_row = 0;  ///< where its rows begin in the update's batch
};

/// The batch in parts of `rows` > 0 rows (the last may have fewer), all as long as the whole: means
/// over padded rows are the same. A batch of no more rows is its only part, with a share of 1.
[[nodiscard]] std::vector<BatchPart> splitBatch(const TokenBatch& batch, std::int64_t rows);

}  // namespace retort::train
