#include "core/cli/analysis_report.h"

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/cli/text_table.h"
#include "core/run/format.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

#include <fmt/format.h>

namespace retort::cli {
namespace {

constexpr std::size_t kMostLines = 60;
constexpr const char* kUndefined = "–";

std::optional<double> numberOf(const Json& json) {
  if (json.is_number()) {
    return json.get<double>();
  }
  return json.is_string() ? parseDouble(json.get<std::string>()) : std::nullopt;
}

std::optional<int> indexOf(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_number_integer() ? std::optional(found->get<int>())
                                                           : std::nullopt;
}

std::string textOf(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

/// The member `key` if it is a list of objects.
const Json* objectsOf(const Json& json, const char* key) {
  const auto found = json.is_object() ? json.find(key) : json.end();
  const bool is_list = json.is_object() && found != json.end() && found->is_array() &&
                       std::all_of(found->begin(), found->end(), [](const Json& entry) {
                         return entry.is_object();
                       });
  return is_list ? &*found : nullptr;
}

Result<ProbeAnalysis> probeFromJson(const Json& json) {
  const Json* points = objectsOf(json, "points");
  if (points == nullptr) {
    return fail(ErrorCode::kProtocol, "the trainer's analysis has no list of points");
  }
  ProbeAnalysis analysis{.probe = textOf(json, "probe"),
                         .file = textOf(json, "file"),
                         .csv = textOf(json, "csv"),
                         .results = textOf(json, "results"),
                         .values = {}};
  for (const Json& point : *points) {
    const auto mean = numberOf(point.value("mean", Json()));
    const std::string metric = textOf(point, "metric");
    if (!mean || metric.empty()) {
      return fail(ErrorCode::kProtocol,
                  "a point of the trainer's analysis has no metric or no mean: " + point.dump());
    }
    analysis.values.push_back({.series = {.metric = metric,
                                          .layer = indexOf(point, "layer"),
                                          .head = indexOf(point, "head"),
                                          .projection = textOf(point, "projection"),
                                          .component = textOf(point, "component")},
                               .mean = *mean});
  }
  return analysis;
}

/// The values of one metric in the order in which they came.
struct MetricValues {
  std::string metric;
  std::vector<AnalysisValue> values;
};

std::vector<MetricValues> byMetric(const ProbeAnalysis& analysis) {
  std::vector<MetricValues> metrics;
  for (const AnalysisValue& value : analysis.values) {
    auto found = std::find_if(metrics.begin(), metrics.end(), [&](const MetricValues& known) {
      return known.metric == value.series.metric;
    });
    if (found == metrics.end()) {
      found = metrics.insert(metrics.end(), {value.series.metric, {}});
    }
    found->values.push_back(value);
  }
  return metrics;
}

/// What tells the values of one layer apart: "2", "q", "map", "q map"; "" when nothing does.
std::string columnOf(const SeriesKey& series) {
  std::vector<std::string> words;
  if (series.head) {
    words.push_back(std::to_string(*series.head));
  }
  for (const std::string& word : {series.projection, series.component}) {
    if (!word.empty()) {
      words.push_back(word);
    }
  }
  return joinStrings(words, " ");
}

std::string rowOf(const SeriesKey& series) {
  return series.layer ? std::to_string(*series.layer) : "";
}

std::size_t positionOf(std::vector<std::string>& known, const std::string& word) {
  const auto found = std::find(known.begin(), known.end(), word);
  if (found != known.end()) {
    return static_cast<std::size_t>(found - known.begin());
  }
  known.push_back(word);
  return known.size() - 1;
}

TextTable layerTable(const MetricValues& metric) {
  std::vector<std::string> rows;
  std::vector<std::string> columns;
  std::map<std::pair<std::size_t, std::size_t>, double> cells;
  bool has_heads = false;
  for (const AnalysisValue& value : metric.values) {
    const std::size_t row = positionOf(rows, rowOf(value.series));
    cells[{row, positionOf(columns, columnOf(value.series))}] = value.mean;
    has_heads = has_heads || value.series.head.has_value();
  }
  TextTable table;
  table.columns.push_back({"layer", true, false});
  for (const std::string& column : columns) {
    const std::string title = has_heads ? "head " + column : column;
    table.columns.push_back({column.empty() ? "mean" : title, true, false});
  }
  for (std::size_t row = 0; row < rows.size(); ++row) {
    std::vector<std::string> texts = {rows[row].empty() ? "all" : rows[row]};
    for (std::size_t column = 0; column < columns.size(); ++column) {
      const auto cell = cells.find({row, column});
      texts.push_back(cell == cells.end() ? kUndefined : formatShort(cell->second));
    }
    table.rows.push_back(std::move(texts));
  }
  return table;
}

TextTable listTable(const MetricValues& metric) {
  TextTable table;
  table.columns = {{"of", false, true}, {"mean", true, false}};
  for (const AnalysisValue& value : metric.values) {
    table.rows.push_back({columnOf(value.series), formatShort(value.mean)});
  }
  return table;
}

std::string summaryOf(const MetricValues& metric) {
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const AnalysisValue& value : metric.values) {
    low = std::fmin(low, value.mean);
    high = std::fmax(high, value.mean);
  }
  return fmt::format(
      "{} values from {} to {}\n", metric.values.size(), formatShort(low), formatShort(high));
}

std::string renderMetric(const MetricValues& metric, std::size_t max_width, bool has_color) {
  const std::string title = escapeForTerminal(metric.metric);
  const bool has_layers =
      std::any_of(metric.values.begin(), metric.values.end(), [](const AnalysisValue& value) {
        return value.series.layer.has_value();
      });
  if (has_layers) {
    return title + "\n" + renderTextTable(layerTable(metric), max_width, has_color);
  }
  if (metric.values.size() == 1 && columnOf(metric.values.front().series).empty()) {
    return title + ": " + formatShort(metric.values.front().mean) + "\n";
  }
  return metric.values.size() > kMostLines
             ? title + ": " + summaryOf(metric)
             : title + "\n" + renderTextTable(listTable(metric), max_width, has_color);
}

}  // namespace

Result<AnalysisReport> analysisReportFromJson(const Json& json) {
  const Json* analyses = objectsOf(json, "analyses");
  if (analyses == nullptr) {
    return fail(ErrorCode::kProtocol, "the trainer printed no list of analyses");
  }
  AnalysisReport report{.run = textOf(json, "run"), .checkpoint = textOf(json, "checkpoint")};
  if (const auto rows = json.find("rows"); rows != json.end() && rows->is_number_integer()) {
    report.rows = rows->get<std::int64_t>();
  }
  for (const Json& entry : *analyses) {
    auto analysis = probeFromJson(entry);
    if (!analysis) {
      return failWith(analysis.error());
    }
    report.analyses.push_back(std::move(*analysis));
  }
  return report;
}

std::string renderAnalysisReport(const AnalysisReport& report,
                                 std::size_t max_width,
                                 bool has_color) {
  std::string text = fmt::format("{}  model: {}, {} rows\n",
                                 escapeForTerminal(report.run),
                                 escapeForTerminal(report.checkpoint),
                                 report.rows);
  for (const ProbeAnalysis& analysis : report.analyses) {
    text += "\n";
    for (const MetricValues& metric : byMetric(analysis)) {
      text += renderMetric(metric, max_width, has_color);
    }
    if (analysis.values.empty()) {
      text += escapeForTerminal(analysis.probe) + ": nothing to measure\n";
    }
    for (const std::string& file : {analysis.file, analysis.csv, analysis.results}) {
      text += file.empty() ? "" : "in " + escapeForTerminal(file) + "\n";
    }
  }
  return text;
}

}  // namespace retort::cli
