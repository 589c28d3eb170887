#pragma once

#include "core/settings/catalogue.h"
#include "experiments/experiment_document.h"
#include "experiments/yaml_edit.h"

#include <filesystem>

namespace retort::experiments {

/// Lets the relative paths of `base` and `needs` name what they named before, when the text moves
/// from one folder to another: those that would be lost become absolute. Paths that name nothing
/// stay as they are.
Status keepPaths(YamlEditor& editor,
                 const ExperimentDocument& document,
                 const Catalogue& catalogue,
                 const std::filesystem::path& from,
                 const std::filesystem::path& to);

}  // namespace retort::experiments
