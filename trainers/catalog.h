#pragma once

#include "core/settings/catalogue.h"

namespace retort::train {

/// Everything that retort-train can be told and can report, collected from the declarations beside
/// the code. The same on every call.
[[nodiscard]] const Catalogue& trainerCatalogue();

}  // namespace retort::train
