#pragma once

#include "core/base/result.h"
#include "core/run/run_record.h"

#include <string>
#include <vector>

namespace retort::storage {
class WorkspaceStore;
}

namespace retort {

struct FactorChoice {
  std::string name;
  std::vector<std::string> labels;  ///< in the order of the grid

  bool operator==(const FactorChoice&) const = default;
};

/// What can be compared in an experiment, as far as its runs have recorded it.
struct ComparisonChoices {
  std::vector<FactorChoice> factors;  ///< in the order of the axes
  std::vector<std::string> metrics;   ///< metrics that are one curve or one final number, sorted
  std::vector<std::string> curves;    ///< one curve of a metric with dimensions, as `formatSeries`
  std::vector<std::string> by_layer;  ///< for `ProfileRequest::metric`
  std::vector<std::string> recorded;  ///< names of all metrics, sorted

  bool operator==(const ComparisonChoices&) const = default;
};

/// Factors whose labels tell the experiment's runs apart; needed runs (teachers) do not count.
[[nodiscard]] std::vector<FactorChoice> factorsOf(const ExperimentRecord& experiment);

[[nodiscard]] Result<ComparisonChoices> loadChoices(storage::WorkspaceStore& store,
                                                    const ExperimentRecord& experiment);

}  // namespace retort
