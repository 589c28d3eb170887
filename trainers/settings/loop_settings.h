#pragma once

#include "trainers/settings/setting_group.h"

#include <cstdint>
#include <string>

namespace retort::train {

/// How long to train, in which portions, and what happens around the steps.
struct LoopSettings {
  std::int64_t epochs = 3;
  std::int64_t steps = 0;
  std::int64_t spent_steps = 0;
  std::int64_t batch = 32;
  std::int64_t gradient_accumulation_steps = 1;
  std::int64_t eval_batch = 0;
  std::int64_t eval_every = 0;
  std::int64_t bad_steps = 1;
  std::int64_t log_every = 1;

  /// Rows whose gradients make an update.
  [[nodiscard]] std::int64_t updateRows() const { return batch * gradient_accumulation_steps; }
};

const SettingGroup<LoopSettings>& loopSettings();

/// The updates of a run: train.steps, or those of train.epochs without train.spent_steps. Throws
/// TrainError (bad spec) when nothing is left.
[[nodiscard]] std::int64_t plannedSteps(const LoopSettings& settings,
                                        std::int64_t batches_per_epoch);

/// What is kept on disk to go on from, and as the result. None of it changes the numbers.
struct CheckpointSettings {
  std::int64_t every = 500;
  std::int64_t keep = 2;
  bool best = true;
};

const SettingGroup<CheckpointSettings>& checkpointSettings();

}  // namespace retort::train
