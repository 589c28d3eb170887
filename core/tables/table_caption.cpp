#include "core/base/text.h"
#include "core/tables/table_layout.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace retort {
namespace {

std::string labelText(const Labels& labels) {
  std::vector<std::string> parts;
  for (const auto& [factor, label] : labels) {
    parts.push_back(factor + "=" + label);
  }
  return joinStrings(parts, ", ");
}

/// Its turn is still to come: less news than a failure.
bool isWaiting(const AbsentRun& run) {
  return run.reason == "queued" || run.reason == "paused" || run.reason == "running";
}

std::string absentSentence(const ComparisonTable& table, std::size_t limit) {
  std::vector<std::pair<std::string, AbsentRun>> absent;  // metric (when it matters), run
  std::set<std::string> seen;
  const bool has_several = table.columns.size() > 1;
  for (const ComparisonRow& row : table.rows) {
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      for (const AbsentRun& run : row.cells[i].absent) {
        const bool is_about_metric = has_several && run.reason == kNoFiniteValue;
        const std::string metric = is_about_metric ? " of " + table.columns[i].metric.name : "";
        if (seen.insert(run.run_id + metric).second) {
          absent.emplace_back(metric, run);
        }
      }
    }
  }
  if (absent.empty()) {
    return "";
  }
  std::stable_sort(absent.begin(), absent.end(), [](const auto& a, const auto& b) {
    return isWaiting(a.second) < isWaiting(b.second);
  });
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < std::min(limit, absent.size()); ++i) {
    const auto& [metric, run] = absent[i];
    parts.push_back(fmt::format("{} ({}{}, {})", run.name, run.reason, metric, run.run_id));
  }
  if (absent.size() > limit) {
    parts.push_back(fmt::format("and {} more", absent.size() - limit));
  }
  return fmt::format("Not counted ({}): {}.", absent.size(), joinStrings(parts, "; "));
}

std::string emptyCellsSentence(const ComparisonTable& table) {
  std::size_t empty = 0;
  for (const ComparisonRow& row : table.rows) {
    for (const ComparisonCell& cell : row.cells) {
      empty += cell.expected == 0 ? 1 : 0;
    }
  }
  return empty == 0 ? ""
                    : fmt::format("{} {} not part of the grid.",
                                  empty,
                                  empty == 1 ? "combination is" : "combinations are");
}

std::string bestSentence(const ComparisonTable& table) {
  for (const ComparisonRow& row : table.rows) {
    for (const ComparisonCell& cell : row.cells) {
      if (cell.is_best) {
        return "The best mean among complete cells is marked.";
      }
    }
  }
  return "";
}

}  // namespace

std::vector<std::string> tableCaption(const ComparisonTable& table, std::size_t limit) {
  std::vector<std::string> metrics;
  for (const ComparisonColumn& column : table.columns) {
    if (std::find(metrics.begin(), metrics.end(), column.metric.name) == metrics.end()) {
      metrics.push_back(column.metric.name);
    }
  }
  std::vector<std::string> sentences{
      fmt::format("{}: {} {}, mean ± sample standard deviation over n runs{}.",
                  table.experiment,
                  table.at == ValueChoice::kLast ? "last" : "best",
                  joinStrings(metrics, ", "),
                  table.averaged_factors.empty()
                      ? " (one per seed)"
                      : " (seeds and " + joinStrings(table.averaged_factors, ", ") + ")")};
  if (table.at == ValueChoice::kBest) {
    sentences.emplace_back(
        "Best-on-dev: each run's best evaluation, chosen by the same rows that it is measured on.");
  }
  if (table.has_differences) {
    sentences.push_back(fmt::format(
        "Δ: mean difference to {}, paired by seed, with its {:g} % confidence interval and the "
        "two-sided p of the paired t test.",
        labelText(table.baseline),
        table.confidence * 100));
  }
  for (std::string sentence :
       {bestSentence(table), absentSentence(table, limit), emptyCellsSentence(table)}) {
    if (!sentence.empty()) {
      sentences.push_back(std::move(sentence));
    }
  }
  return sentences;
}

}  // namespace retort
