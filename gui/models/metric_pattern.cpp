#include "gui/models/metric_pattern.h"

#include <algorithm>
#include <string_view>

namespace retort::gui {
namespace {

bool matches(std::string_view pattern, std::string_view metric) {
  return pattern.ends_with('*') ? metric.starts_with(pattern.substr(0, pattern.size() - 1))
                                : metric == pattern;
}

bool isExcluded(const std::vector<std::string>& patterns, const std::string& metric) {
  return std::any_of(patterns.begin(), patterns.end(), [&](std::string_view pattern) {
    return pattern.starts_with('-') && matches(pattern.substr(1), metric);
  });
}

}  // namespace

std::vector<std::string> matchingMetrics(const std::vector<std::string>& patterns,
                                         const std::vector<std::string>& available) {
  std::vector<std::string> found;
  for (const std::string& pattern : patterns) {
    for (const std::string& metric : available) {
      if (matches(pattern, metric) && !isExcluded(patterns, metric) &&
          std::find(found.begin(), found.end(), metric) == found.end()) {
        found.push_back(metric);
      }
    }
  }
  return found;
}

}  // namespace retort::gui
