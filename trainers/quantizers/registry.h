#pragma once

#include "trainers/quantizers/quantizer.h"

#include <string_view>
#include <vector>

namespace retort::train {

/// All quantizers, sorted by name. The only list of them.
[[nodiscard]] const std::vector<QuantizerDefinition>& quantizerRegistry();

/// The definition of that name. Throws TrainError (bad spec) with a suggestion when there is none.
[[nodiscard]] const QuantizerDefinition& findQuantizer(std::string_view name);

}  // namespace retort::train
