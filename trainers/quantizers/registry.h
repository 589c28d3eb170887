#pragma once

#include "trainers/quantizers/quantizer.h"

#include <string_view>
#include <vector>

namespace retort::train {

/// All quantizers, sorted by name. The only list of them.
[[nodiscard]] const std::vector<QuantizerDefinition>& quantizerRegistry();

/// The definition of that name. Throws TrainError (bad spec) with a suggestion when there is none.
[[nodiscard]] const QuantizerDefinition& findQuantizer(std::string_view name);

/// The symmetric min-max quantizer of activations; the identity for 0 bits. Throws TrainError (bad
/// spec) for 1 bit or more than 8.
[[nodiscard]] Quantizer makeActivationQuantizer(std::int64_t bits, double clip);

}  // namespace retort::train
