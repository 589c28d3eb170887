#pragma once

#include "trainers/settings/setting_group.h"

#include <string>

namespace retort::train {

/// How long to train, in which portions, and what happens around the steps.
struct LoopSettings {
  std::int64_t epochs = 3;
  std::int64_t steps = 0;
  std::int64_t batch = 32;
  std::int64_t eval_batch = 0;
  std::int64_t eval_every = 0;
  std::int64_t bad_steps = 1;
  std::int64_t log_every = 1;
};

const SettingGroup<LoopSettings>& loopSettings();

/// What is kept on disk to go on from, and as the result. None of it changes the numbers.
struct CheckpointSettings {
  std::int64_t every = 500;
  std::int64_t keep = 2;
  bool best = true;
};

const SettingGroup<CheckpointSettings>& checkpointSettings();

}  // namespace retort::train
