#pragma once

#include "core/settings/catalogue.h"
#include "trainers/settings/setting_group.h"

#include <cstdint>
#include <string>
#include <vector>

/// The learning rate over a run. With x = step / total_steps (step counted from 0, so that with a
/// warm-up the first update has rate 0, as in BertAdam) and w = warmup:
///   linear:    x / w while x < w, then max(0, (1 - x) / (1 - w))
///   constant:  x / w while x < w, then 1
/// times the peak rate. To add one: a line in the table of schedule.cpp and its test.
namespace retort::train {

struct ScheduleSettings {
  double learning_rate = 2e-5;  ///< the peak
  std::string schedule = "linear";
  double warmup = 0.1;  ///< part of the run, 0..1

  bool operator==(const ScheduleSettings&) const = default;
};

/// train.learning_rate, train.schedule, train.warmup.
[[nodiscard]] const SettingGroup<ScheduleSettings>& scheduleSettings();

/// Documentation of each schedule, for the catalogue.
[[nodiscard]] std::vector<TechniqueSpec> scheduleSpecs();

/// The learning rate of the update with index `step` (from 0) in a run of `total_steps` (> 0). Past
/// the end: as at the end. Throws TrainError (bad spec) for an unknown schedule.
[[nodiscard]] double learningRate(const ScheduleSettings& settings,
                                  std::int64_t step,
                                  std::int64_t total_steps);

}  // namespace retort::train
