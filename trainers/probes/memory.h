#pragma once

#include "trainers/probes/probe.h"

#include <string>

namespace retort::train {

/// Bytes of a "VmRSS:  1234 kB" line in the text of /proc/self/status; 0 when there is none.
[[nodiscard]] double residentBytes(const std::string& status);

[[nodiscard]] const ProbeDefinition& memoryProbe();

}  // namespace retort::train
