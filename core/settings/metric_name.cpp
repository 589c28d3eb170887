#include "core/settings/metric_name.h"

#include <string_view>

namespace retort {

MetricName parseMetricName(const std::string& name) {
  MetricName parsed;
  parsed.curve = name;
  const std::size_t open = name.find('(');
  Combination combination = Combination::kMean;
  if (open != std::string::npos && name.ends_with(")") &&
      parseCombination(std::string_view(name).substr(0, open), combination)) {
    parsed.combination = combination;
    parsed.curve = name.substr(open + 1, name.size() - open - 2);
  }
  parsed.metric = parsed.curve.substr(0, parsed.curve.find('['));
  return parsed;
}

}  // namespace retort
