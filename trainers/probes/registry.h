#pragma once

#include "trainers/probes/probe.h"

#include <string>
#include <vector>

namespace retort::train {

/// All probes, sorted by name. The only list of them.
[[nodiscard]] const std::vector<const ProbeDefinition*>& probeRegistry();

/// Of each probe: probe.<name>.every; probe.<name>.defects where there is a published variant; its
/// options. The last two apply only while the probe is on.
[[nodiscard]] std::vector<SettingSpec> probeSettingSpecs();

/// The keys of one probe's settings.
[[nodiscard]] std::vector<std::string> probeSettingKeys(const ProbeDefinition& probe);

/// "probe.<name>.every".
[[nodiscard]] std::string probeIntervalKey(const ProbeDefinition& probe);

/// "probe.<name>.defects": "fixed", or "published" as the authors' code measures.
[[nodiscard]] std::string probeDefectsKey(const ProbeDefinition& probe);

}  // namespace retort::train
