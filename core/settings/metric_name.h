#pragma once

#include "core/settings/combination.h"

#include <optional>
#include <string>

namespace retort {

/// What a table, a figure or a claim asks for by name: a curve, "eval.accuracy" or
/// "grad_norm[layer=3]"; or several curves as one number, "mean(grad_norm)",
/// "max(grad_spike_max[projection=o])", "min(projection_sqnr)", "sum(grad_alarms)".
struct MetricName {
  std::string curve;   ///< "grad_norm[layer=3]"
  std::string metric;  ///< "grad_norm"
  std::optional<Combination> combination;
};

[[nodiscard]] MetricName parseMetricName(const std::string& name);

}  // namespace retort
