#pragma once

#include "trainers/data/logit_cache.h"
#include "trainers/losses/top_logits.h"
#include "trainers/models/model.h"
#include "trainers/training/training_phase.h"
#include "trainers/training/training_task.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>

namespace retort::train {

/// What a teacher says to a task's training rows: computed once, and kept in a file (LogitCache)
/// for all runs of the same teacher, rows, dtype and kind of device. How many rows are computed at
/// once depends on their length alone, so that the numbers are the same whoever makes them.
class TeacherLogits {
 public:
  struct Request {
    const Model& teacher;
    const TrainingTask& task;           ///< of a language model
    std::int64_t length = 1;            ///< the most tokens of a row
    at::ScalarType dtype = at::kFloat;  ///< of its answers: float or double
    TopLogitsRequest top;
    Json facts;                    ///< what else decides about the numbers
    std::filesystem::path folder;  ///< of the files
  };

  /// Empty when `pulse` gave it up. Throws as LogitCache::get.
  [[nodiscard]] static std::optional<TeacherLogits> open(const Request& request,
                                                         const Pulse& pulse);

  /// Of the judged positions of these rows, in their order: as many as the batch of these rows has
  /// targets.
  [[nodiscard]] TopLogits at(std::span<const std::int64_t> rows, at::Device device) const;

 private:
  explicit TeacherLogits(LogitTable table) : table_(std::move(table)) {}

  LogitTable table_;
};

}  // namespace retort::train
