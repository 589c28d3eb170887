#pragma once

#include "core/settings/resolve.h"
#include "trainers/models/activation_point.h"
#include "trainers/quantizers/activation_options.h"

#include <array>
#include <vector>

namespace retort::train {

/// Options of all points, indexed by ActivationPoint.
using ActivationPoints = std::array<ActivationOptions, kActivationPoints>;

/// The same at every point.
[[nodiscard]] ActivationPoints everywhere(const ActivationOptions& options);

/// quant.activation.<what> for all points and, without a default, quant.activation.<point>.<what>
/// for one of them.
[[nodiscard]] std::vector<SettingSpec> activationSettingSpecs();

/// A point's own settings where they are given, else those of all points. Missing settings have
/// their defaults: symmetric, 8 bits, one dynamic scale per tensor.
[[nodiscard]] ActivationPoints readActivationSettings(const SettingValues& values);

}  // namespace retort::train
