#pragma once

#include "core/base/result.h"
#include "core/comparison/comparison_choices.h"
#include "core/run/run_record.h"
#include "core/settings/catalogue.h"
#include "core/tables/comparison_table.h"

#include <functional>
#include <string>
#include <vector>

namespace retort::storage {
class WorkspaceStore;
}

namespace retort {

/// What the user asks for; empty parts come from the experiment's `report`.
struct ComparisonOptions {
  std::vector<std::string> by;        ///< row factors
  std::vector<std::string> columns;   ///< column factors
  std::vector<std::string> metrics;   ///< "eval.accuracy", "grad_norm[layer=3]", "mean(grad_norm)"
  std::string at;                     ///< "last", "best" or empty
  std::vector<std::string> baseline;  ///< "factor=label"
  bool is_without_baseline = false;
  double confidence = 0.95;  ///< of the intervals of differences; in (0, 1)

  bool operator==(const ComparisonOptions&) const = default;
};

/// "95" per cent as 0.95; kUsage unless it lies within 50 and 99.9.
[[nodiscard]] Result<double> parseConfidence(const std::string& text);

/// The declaration of a metric; null when it is not known.
using MetricLookup = std::function<const MetricSpec*(const std::string& name)>;

/// The request for the table: factors from the labels of the experiment's runs, the rest from
/// options and report. `recorded` are the metrics that the runs have; without a metric in options
/// and report, the first evaluation among them is taken. kUsage for a malformed baseline or an
/// unknown metric, naming those that exist.
[[nodiscard]] Result<ComparisonRequest> makeComparisonRequest(
    const ExperimentRecord& experiment,
    const ComparisonOptions& options,
    const std::vector<std::string>& recorded,
    const MetricLookup& lookup);

/// Reads the runs' final numbers and builds the table. A run's last value is that of its "result"
/// event, else the last point of the curve; the best value is the result's "NAME_best", else the
/// best point.
[[nodiscard]] Result<ComparisonTable> loadComparison(storage::WorkspaceStore& store,
                                                     const ExperimentRecord& experiment,
                                                     const ComparisonOptions& options,
                                                     const MetricLookup& lookup);

/// The same, with `loadChoices` already done.
[[nodiscard]] Result<ComparisonTable> loadComparison(storage::WorkspaceStore& store,
                                                     const ExperimentRecord& experiment,
                                                     const ComparisonOptions& options,
                                                     const MetricLookup& lookup,
                                                     const ComparisonChoices& choices);

}  // namespace retort
