#pragma once

#include "core/base/json.h"
#include "trainers/data/batch_order.h"

#include <cstdint>
#include <map>
#include <string>

namespace retort::train {

/// Values of one evaluation by metric name.
using EvaluationValues = std::map<std::string, double>;

/// Where a run stands, apart from its tensors: what a checkpoint's manifest holds.
struct LoopState {
  std::int64_t step = 0;             ///< updates that were made or skipped
  std::int64_t bad_steps = 0;        ///< of them skipped: not finite
  std::int64_t evaluated_step = -1;  ///< the last step that was evaluated; -1: none
  bool is_teacher_evaluated = false;
  double loss_sum = 0;  ///< of the steps since the last point of train.loss
  std::int64_t loss_count = 0;
  BatchOrder::Position position;  ///< of the next batch
  EvaluationValues teacher;
  EvaluationValues last;
  EvaluationValues best;  ///< by the task's main metric
  std::int64_t best_step = -1;

  bool operator==(const LoopState&) const = default;
};

[[nodiscard]] Json toJson(const LoopState& state);

/// Throws TrainError (kBadData) when a field is missing or of another type.
[[nodiscard]] LoopState loopStateFromJson(const Json& json);

/// Numbers as JSON holds them: those that are not finite as "NaN", "Infinity", "-Infinity".
[[nodiscard]] Json numberToJson(double value);

}  // namespace retort::train
