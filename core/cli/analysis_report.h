#pragma once

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/run/run_record.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace retort::cli {

/// The mean of one series over the rows that were looked at.
struct AnalysisValue {
  SeriesKey series;
  double mean = 0;

  bool operator==(const AnalysisValue&) const = default;
};

/// What one probe measured on one model.
struct ProbeAnalysis {
  std::string probe;
  std::string file;     ///< where the trainer has put it
  std::string csv;      ///< empty: none
  std::string results;  ///< a second file, as other programs read it; empty: none
  std::vector<AnalysisValue> values;
};

/// What a trainer prints for `--analyze`.
struct AnalysisReport {
  std::string run;
  std::string checkpoint;
  std::int64_t rows = 0;
  std::vector<ProbeAnalysis> analyses;
};

/// kProtocol when a field is missing or of another type.
[[nodiscard]] Result<AnalysisReport> analysisReportFromJson(const Json& json);

/// One list a metric: layers down and heads, projections or components across; or one line a
/// component where there are no layers. Metrics with more than 60 lines are told by their count and
/// range: the file has them all.
[[nodiscard]] std::string renderAnalysisReport(const AnalysisReport& report,
                                               std::size_t max_width,
                                               bool has_color);

}  // namespace retort::cli
