#pragma once

#include "core/settings/catalogue.h"

#include <string>

namespace retort {

/// What is wrong with a catalogue, empty when nothing is: keys are well formed, unique and no
/// groups of others; defaults and presets fit their settings; conditions and techniques name
/// settings that exist; no condition leads back to itself; at most one setting is the seed.
[[nodiscard]] std::string checkCatalogue(const Catalogue& catalogue);

}  // namespace retort
