#pragma once

#include "trainers/models/forward_options.h"
#include "trainers/settings/setting_group.h"

#include <cstdint>
#include <string>
#include <vector>

/// When the teacher takes over parts of the student's attention (Teacher Intervention, arXiv
/// 2302.11812). What it takes over is `Intervention` in
/// models/forward_options.h.
namespace retort::train {

struct InterventionSettings {
  std::string mode = "none";
  std::int64_t steps = 0;  ///< updates with intervention; 0: all of the run
  std::string variant = "released";
  bool evaluate = true;  ///< evaluates with intervention, too, while it lasts

  bool operator==(const InterventionSettings&) const = default;
};

/// intervention.mode, .steps, .variant, .evaluate.
[[nodiscard]] const SettingGroup<InterventionSettings>& interventionSettings();

/// The intervention of the update with index `step` of `total_steps`. With s = steps (total_steps
/// when 0), and none from step s on:
///   map, context, output: always that
///   gradual:    output for step < s/6, context for step < s/3, then map     (T main.py:711-724)
///   inverted:   map for step < s/3, context for step < 2s/3, then output    (T main.py:745-757)
///   stochastic: one of the three with equal chances, drawn from `seed` and `step` alone
///               (T main.py:726-743)
[[nodiscard]] Intervention interventionAt(const InterventionSettings& settings,
                                          std::uint64_t seed,
                                          std::int64_t step,
                                          std::int64_t total_steps);

/// What of the teacher's trace an intervention takes.
[[nodiscard]] TraceSet interventionNeeds(Intervention intervention);

[[nodiscard]] InterventionVariant interventionVariant(const InterventionSettings& settings);

/// The modes, for the catalogue.
[[nodiscard]] std::vector<TechniqueSpec> interventionTechniques();

}  // namespace retort::train
