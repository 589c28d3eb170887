#pragma once

#include <string>
#include <vector>

namespace retort::gui {

/// The metrics of `available` that `patterns` name, each once, in the order of the patterns: an
/// ending "*" stands for anything, a "-" in front means not these.
[[nodiscard]] std::vector<std::string> matchingMetrics(const std::vector<std::string>& patterns,
                                                       const std::vector<std::string>& available);

}  // namespace retort::gui
