#pragma once

#include "trainers/settings/setting_group.h"

#include <string>

namespace retort::train {

/// What a run is, whatever it trains: its phase, its seed, and how and where it computes.
struct RunSettings {
  std::string phase = "kd_qat";
  std::int64_t seed = 42;
  std::string dtype = "float32";
  std::string numerics = "reference";
  std::string device = "auto";
  std::int64_t threads = 0;
  bool deterministic = true;
};

const SettingGroup<RunSettings>& runSettings();

}  // namespace retort::train
