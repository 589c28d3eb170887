#pragma once

#include "core/settings/catalogue.h"
#include "trainers/settings/setting_group.h"

#include <set>
#include <string>
#include <vector>

/// Which latent weights stay as they are. Frozen weights hold their quantized values, get no
/// gradient, no optimizer state and no weight decay. What their quantizers learn goes on learning
/// unless it is frozen, too; then the weight is quantized once (models/frozen_values.h). Selectors:
/// models/parameter_selector.h.
namespace retort::train {

struct FreezeSettings {
  std::vector<std::string> selectors;

  bool operator==(const FreezeSettings&) const = default;
};

/// freeze; presets none, ov (W_O and W_V, after ov-freeze of arXiv 2403.18159).
[[nodiscard]] const SettingGroup<FreezeSettings>& freezeSettings();

/// Documentation of the rules, for the catalogue.
[[nodiscard]] std::vector<TechniqueSpec> freezeSpecs();

/// The names that the selectors choose among `parameters`. Throws TrainError (bad spec) for a
/// selector that is unknown (with a suggestion), malformed, or chooses nothing.
[[nodiscard]] std::set<std::string> frozenParameters(const std::vector<std::string>& selectors,
                                                     const std::vector<std::string>& parameters);

/// What is frozen, in one line: "12 of 104 parameters frozen: o (layers 0-5), v (layers 0-5)";
/// "nothing frozen".
[[nodiscard]] std::string describeFrozen(const std::set<std::string>& frozen,
                                         const std::vector<std::string>& parameters);

}  // namespace retort::train
