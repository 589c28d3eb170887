#pragma once

#include "core/base/json.h"
#include "core/run/run_record.h"
#include "storage/metric_store.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Raw exports as text. Pure. Doubles read back bit for bit, '.' in every locale; NaN and
/// infinities are "NaN", "Infinity", "-Infinity" (strings in JSON).
namespace retort::cli {

/// The header line of `pointLine` as CSV.
[[nodiscard]] std::string pointCsvHeader();
/// One point: run, name, metric, layer, head, projection, component, step, time_ms, value; empty
/// where it has none.
[[nodiscard]] std::string pointCsvLine(const storage::MetricRow& row, const std::string& run_name);
[[nodiscard]] Json pointJson(const storage::MetricRow& row, const std::string& run_name);

/// One run with what is known of it.
struct ExportedRun {
  RunRecord record;
  std::optional<ExperimentRun> membership;
  std::map<std::string, double> results;
};

/// A table of runs: fixed columns, then label.FACTOR, result.METRIC and setting.KEY of all runs
/// together.
[[nodiscard]] std::string runTableCsv(const std::vector<ExportedRun>& runs);
[[nodiscard]] Json runTableJson(const std::vector<ExportedRun>& runs);

}  // namespace retort::cli
