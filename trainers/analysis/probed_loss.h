#pragma once

#include "trainers/analysis/tensor_list.h"
#include "trainers/models/token_batch.h"
#include "trainers/probes/probe.h"

#include <cstdint>
#include <string>
#include <vector>

/// What probes of the loss share: which loss they look at, on which rows.
namespace retort::train {

/// The choices of a setting probe.x.loss: "task", the cross entropy with the labels (squared error
/// of a regression), and "training", what the run minimises at this step.
[[nodiscard]] const std::vector<std::string>& probedLossNames();

/// One of them on a batch, of the student as it is when called, without dropout. References of
/// `input` must outlive the result.
[[nodiscard]] LossFunction probedLoss(const ProbeInput& input,
                                      const std::string& name,
                                      const TokenBatch& batch);

/// Rows first … first + count - 1 of a batch, padded as they are.
[[nodiscard]] TokenBatch rowsOf(const TokenBatch& batch, std::int64_t first, std::int64_t count);

/// The first `count` rows; all for 0 or when there are fewer.
[[nodiscard]] TokenBatch firstRows(const TokenBatch& batch, std::int64_t count);

}  // namespace retort::train
