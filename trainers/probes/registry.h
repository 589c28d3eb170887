#pragma once

#include "trainers/probes/probe.h"

#include <string>
#include <vector>

namespace retort::train {

/// All probes, sorted by name. The only list of them.
[[nodiscard]] const std::vector<const ProbeDefinition*>& probeRegistry();

/// probe.<name>.every for each probe.
[[nodiscard]] std::vector<SettingSpec> probeSettingSpecs();

/// "probe.<name>.every".
[[nodiscard]] std::string probeSettingKey(const ProbeDefinition& probe);

}  // namespace retort::train
