#include "core/base/text.h"
#include "core/tables/escape.h"
#include "core/tables/render.h"

namespace retort {
namespace {

constexpr const char* kLineEnd = "\r\n";

std::string number(const std::optional<double>& value) {
  return value ? formatDouble(*value) : "";
}

std::string absentText(const ComparisonCell& cell) {
  std::vector<std::string> parts;
  for (const AbsentRun& run : cell.absent) {
    parts.push_back(run.reason + " " + run.run_id);
  }
  return joinStrings(parts, "; ");
}

std::string baselineText(const ComparisonTable& table) {
  std::vector<std::string> parts;
  for (const auto& [factor, label] : table.baseline) {
    parts.push_back(factor + "=" + label);
  }
  return joinStrings(parts, "; ");
}

/// The fields that follow the labels, in the order of the header.
std::vector<std::string> cellFields(const ComparisonTable& table,
                                    const ComparisonColumn& column,
                                    const ComparisonCell& cell) {
  const std::optional<PairedDifference>& difference = cell.difference;
  const auto part = [&](const auto& get) {
    return difference ? number(get(*difference)) : std::string();
  };
  return {escapeCsv(column.metric.name),
          table.at == ValueChoice::kLast ? "last" : "best",
          std::to_string(cell.summary.n),
          std::to_string(cell.expected),
          number(cell.summary.mean),
          number(cell.summary.standard_deviation),
          cell.is_best ? "1" : "0",
          escapeCsv(cell.is_baseline ? "baseline" : baselineText(table)),
          difference ? std::to_string(difference->n) : "",
          part([](const PairedDifference& d) { return std::optional<double>(d.mean); }),
          part([](const PairedDifference& d) { return d.low; }),
          part([](const PairedDifference& d) { return d.high; }),
          part([](const PairedDifference& d) { return d.p; }),
          escapeCsv(absentText(cell))};
}

}  // namespace

std::string renderCsv(const ComparisonTable& table) {
  std::vector<std::string> header;
  for (const auto* factors : {&table.row_factors, &table.column_factors}) {
    for (const std::string& factor : *factors) {
      header.push_back(escapeCsv(factor));
    }
  }
  for (const char* name : {"metric",
                           "at",
                           "n",
                           "expected",
                           "mean",
                           "standard_deviation",
                           "best",
                           "compared_with",
                           "pairs",
                           "difference",
                           "low",
                           "high",
                           "p",
                           "absent"}) {
    header.emplace_back(name);
  }
  std::string result = joinStrings(header, ",") + kLineEnd;
  for (const ComparisonRow& row : table.rows) {
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      std::vector<std::string> fields;
      for (const auto* labels : {&row.labels, &table.columns[i].labels}) {
        for (const std::string& label : *labels) {
          fields.push_back(escapeCsv(label));
        }
      }
      for (std::string& field : cellFields(table, table.columns[i], row.cells[i])) {
        fields.push_back(std::move(field));
      }
      result += joinStrings(fields, ",") + kLineEnd;
    }
  }
  return result;
}

}  // namespace retort
