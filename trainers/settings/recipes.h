#pragma once

#include "trainers/settings/setting_group.h"

#include <string>
#include <vector>

namespace retort::train {

/// A named set of defaults from a paper (catalogue: presets). What a file gives itself wins.
struct RecipeSettings {
  std::string recipe = "none";
};

const SettingGroup<RecipeSettings>& recipeSettings();

std::vector<TechniqueSpec> recipeTechniques();

}  // namespace retort::train
