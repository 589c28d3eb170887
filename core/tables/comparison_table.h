#pragma once

#include "core/base/result.h"
#include "core/run/run_record.h"
#include "core/statistics/paired_difference.h"
#include "core/statistics/summary.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// The comparison table of an experiment as a value: what is shown, not how. `renderTable` draws
/// it.
namespace retort {

/// Factor -> label, one entry a factor.
using Labels = std::map<std::string, std::string>;

/// A run has one value of a metric for each way to choose it from its curve.
struct MetricOutcome {
  std::optional<double> last;  ///< at the end of the run
  std::optional<double> best;  ///< the best along the way, by the metric's better-direction

  bool operator==(const MetricOutcome&) const = default;
};

/// What the table needs to know of one run.
struct ComparedRun {
  std::string run_id;
  std::string name;
  Labels labels;  ///< a factor that does not exist for the run is missing or has the label "-"
  std::optional<std::int64_t> seed;
  std::optional<RunState> state;  ///< nothing: the run was removed from the workspace
  std::map<std::string, MetricOutcome> metrics;

  bool operator==(const ComparedRun&) const = default;
};

struct ComparedMetric {
  std::string name;
  std::string better;  ///< "max", "min", or "": no best
  std::string unit;

  bool operator==(const ComparedMetric&) const = default;
};

enum class ValueChoice { kLast, kBest };

struct ComparisonRequest {
  std::string experiment;
  std::vector<std::string> factors;  ///< all factors, in the order of the axes
  std::vector<std::string>
      rows;  ///< factors whose labels span the rows; empty: all that are not columns
  std::vector<std::string> columns;  ///< factors whose labels span groups of columns
  std::vector<ComparedMetric> metrics;
  ValueChoice at = ValueChoice::kLast;
  Labels baseline;  ///< some or all factors; empty: no differences
  double confidence = 0.95;

  bool operator==(const ComparisonRequest&) const = default;
};

struct CellValue {
  std::string run_id;
  std::optional<std::int64_t> seed;
  double value = 0;

  bool operator==(const CellValue&) const = default;
};

/// The reason of a run that finished without a finite value of the metric.
inline constexpr const char* kNoFiniteValue = "no finite value";

/// A run that belongs to a cell but gives it no value.
struct AbsentRun {
  std::string run_id;
  std::string name;
  std::string reason;  ///< its state, "removed", or kNoFiniteValue

  bool operator==(const AbsentRun&) const = default;
};

/// One configuration and one metric.
struct ComparisonCell {
  std::size_t expected = 0;  ///< runs that belong here, with or without a value
  std::vector<CellValue> values;
  Summary summary;
  bool is_baseline = false;
  /// value - baseline over runs of the same seed (and the same labels of factors that the table
  /// averages over).
  std::optional<PairedDifference> difference;
  bool is_best = false;
  std::vector<AbsentRun> absent;

  bool operator==(const ComparisonCell&) const = default;
};

struct ComparisonRow {
  std::vector<std::string> labels;  ///< one per row factor
  std::vector<ComparisonCell> cells;

  bool operator==(const ComparisonRow&) const = default;
};

/// A group of columns: one metric at one combination of the column factors' labels.
struct ComparisonColumn {
  std::vector<std::string> labels;  ///< one per column factor
  ComparedMetric metric;

  bool operator==(const ComparisonColumn&) const = default;
};

struct ComparisonTable {
  std::string experiment;
  std::vector<std::string> row_factors;
  std::vector<std::string> column_factors;
  std::vector<std::string>
      averaged_factors;  ///< in neither, with more than one label: cells average over them
  std::vector<ComparisonColumn> columns;  ///< labels vary slowest, metrics fastest
  std::vector<ComparisonRow>
      rows;  ///< in the order in which the labels first appear among the runs
  ValueChoice at = ValueChoice::kLast;
  Labels baseline;  ///< the part of the requested baseline that the rows and columns distinguish
  double confidence = 0.95;
  bool has_differences = false;

  bool operator==(const ComparisonTable&) const = default;
};

/// Groups the runs into cells and computes their statistics.
///   n, mean, sd  over the runs of the cell with a finite value of finished runs.
///   difference   paired with the runs whose labels are the same but for the baseline's factors;
///   "-" (the factor does
///                not exist there) agrees with any label. Cells of the baseline itself have none.
///   best         the best mean per column among cells whose runs all have values; cells within
///   1e-12 of it share it.
///                No mark when fewer than two cells are complete.
/// kUsage, naming the factors that exist, when rows, columns or the baseline name an unknown factor
/// or label.
[[nodiscard]] Result<ComparisonTable> buildComparison(const ComparisonRequest& request,
                                                      const std::vector<ComparedRun>& runs);

}  // namespace retort
