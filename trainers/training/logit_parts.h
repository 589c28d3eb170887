#pragma once

#include "trainers/losses/distillation.h"
#include "trainers/training/batch_part.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <optional>

namespace retort::train {

/// What a language model's logits are made of: input [M, D], a row for each judged position, and
/// weight [V, D]. Undefined: there is no such model.
struct HeadProduct {
  at::Tensor input;
  at::Tensor weight;
};

/// Logits that are never all there.
struct PartedLogits {
  HeadProduct student;
  HeadProduct teacher;
  const TopLogits* teacher_top = nullptr;  ///< a row for each judged position; may be null
  std::int64_t rows = 0;                   ///< > 0: positions whose logits are computed at once
};

/// Some judged positions of a batch.
struct LogitPart {
  ModelTrace student;  ///< of the logits alone
  ModelTrace teacher;
  std::optional<TopLogits> teacher_top;
  TokenBatch batch;  ///< all rows, judged at these positions only
  BatchShare share;  ///< of the update's batch
};

/// The objective on the logits of all parts: a loss that is a sum over rows of the logits, or a
/// mean over them, is the same to rounding. Gradients are computed part by part at once; the total
/// hands them on to the heads' inputs and weights. Only `total` and `components` are given. Throws
/// c10::Error for a batch without labels.
[[nodiscard]] LossTerms inLogitParts(const PartedLogits& logits,
                                     const BatchPart& part,
                                     const std::function<LossTerms(const LogitPart&)>& objective);

}  // namespace retort::train
