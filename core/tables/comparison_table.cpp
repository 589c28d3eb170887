#include "core/tables/comparison_table.h"

#include "core/base/text.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace retort {
namespace {

constexpr const char* kNoLabel = "-";
constexpr double kTieShare = 1e-12;

std::string labelOf(const ComparedRun& run, const std::string& factor) {
  const auto found = run.labels.find(factor);
  return found == run.labels.end() ? kNoLabel : found->second;
}

std::vector<std::string> labelsOf(const ComparedRun& run, const std::vector<std::string>& factors) {
  std::vector<std::string> labels;
  for (const std::string& factor : factors) {
    labels.push_back(labelOf(run, factor));
  }
  return labels;
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Status checkFactors(const ComparisonRequest& request, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (!contains(request.factors, name)) {
      const std::string known =
          request.factors.empty() ? "it has none" : "it has " + joinStrings(request.factors, ", ");
      return fail(ErrorCode::kUsage,
                  "experiment '" + request.experiment + "' has no factor '" + name + "'; " + known);
    }
  }
  return {};
}

Status checkBaseline(const ComparisonRequest& request, const std::vector<ComparedRun>& runs) {
  for (const auto& [factor, label] : request.baseline) {
    if (const Status status = checkFactors(request, {factor}); !status) {
      return status;
    }
    std::set<std::string> known;
    for (const ComparedRun& run : runs) {
      known.insert(labelOf(run, factor));
    }
    if (!known.contains(label)) {
      return fail(ErrorCode::kUsage,
                  "no run has the baseline's label '" + label + "' of factor '" + factor +
                      "'; known: " + joinStrings({known.begin(), known.end()}, ", "));
    }
  }
  return {};
}

/// The distinct label combinations of `factors`, ordered by the first appearance of each factor's
/// labels.
std::vector<std::vector<std::string>> combinations(const std::vector<ComparedRun>& runs,
                                                   const std::vector<std::string>& factors) {
  std::vector<std::map<std::string, std::size_t>> ranks(factors.size());
  std::map<std::vector<std::size_t>, std::vector<std::string>> ordered;
  for (const ComparedRun& run : runs) {
    const std::vector<std::string> labels = labelsOf(run, factors);
    std::vector<std::size_t> key;
    for (std::size_t i = 0; i < factors.size(); ++i) {
      key.push_back(ranks[i].emplace(labels[i], ranks[i].size()).first->second);
    }
    ordered.emplace(key, labels);
  }
  std::vector<std::vector<std::string>> result;
  for (auto& [key, labels] : ordered) {
    result.push_back(std::move(labels));
  }
  return result;
}

std::optional<double> finiteValue(const ComparedRun& run,
                                  const std::string& metric,
                                  ValueChoice at) {
  const auto found = run.metrics.find(metric);
  if (run.state != RunState::kFinished || found == run.metrics.end()) {
    return std::nullopt;
  }
  const std::optional<double> value =
      at == ValueChoice::kLast ? found->second.last : found->second.best;
  return value && std::isfinite(*value) ? value : std::nullopt;
}

std::string absenceReason(const ComparedRun& run) {
  if (!run.state) {
    return "removed";
  }
  return run.state == RunState::kFinished ? kNoFiniteValue : std::string(runStateName(*run.state));
}

/// Finds, for a run, the run of the baseline that it is compared with.
class BaselinePartners {
 public:
  BaselinePartners(const std::vector<ComparedRun>& runs,
                   const std::vector<std::string>& factors,
                   const Labels& baseline)
      : factors_(factors),
        baseline_(baseline) {
    for (const ComparedRun& run : runs) {
      if (!baseline.empty() && isBaseline(run)) {
        exact_.emplace(std::pair(run.seed, labelsOf(run, factors)), &run);
        by_seed_[run.seed].push_back(&run);
      }
    }
  }

  [[nodiscard]] bool isBaseline(const ComparedRun& run) const {
    return std::all_of(baseline_.begin(), baseline_.end(), [&](const auto& entry) {
      return labelOf(run, entry.first) == entry.second;
    });
  }

  [[nodiscard]] const ComparedRun* partnerOf(const ComparedRun& run) const {
    std::vector<std::string> wanted;
    for (const std::string& factor : factors_) {
      const auto fixed = baseline_.find(factor);
      wanted.push_back(fixed == baseline_.end() ? labelOf(run, factor) : fixed->second);
    }
    if (const auto found = exact_.find({run.seed, wanted}); found != exact_.end()) {
      return found->second;
    }
    const auto candidates = by_seed_.find(run.seed);
    const ComparedRun* partner = nullptr;
    if (candidates != by_seed_.end()) {
      for (const ComparedRun* candidate : candidates->second) {
        if (agrees(*candidate, wanted)) {
          if (partner != nullptr) {
            return nullptr;  // several would do: none is *the* partner
          }
          partner = candidate;
        }
      }
    }
    return partner;
  }

 private:
  [[nodiscard]] bool agrees(const ComparedRun& candidate,
                            const std::vector<std::string>& wanted) const {
    for (std::size_t i = 0; i < factors_.size(); ++i) {
      const std::string label = labelOf(candidate, factors_[i]);
      if (label != wanted[i] && label != kNoLabel && wanted[i] != kNoLabel) {
        return false;
      }
    }
    return true;
  }

  using Key = std::pair<std::optional<std::int64_t>, std::vector<std::string>>;

  std::vector<std::string> factors_;
  Labels baseline_;
  std::map<Key, const ComparedRun*> exact_;
  std::map<std::optional<std::int64_t>, std::vector<const ComparedRun*>> by_seed_;
};

ComparisonCell buildCell(const std::vector<const ComparedRun*>& runs,
                         const std::string& metric,
                         const ComparisonTable& table,
                         const BaselinePartners& partners) {
  ComparisonCell cell;
  cell.expected = runs.size();
  std::vector<double> numbers;
  std::vector<ValuePair> pairs;
  for (const ComparedRun* run : runs) {
    cell.is_baseline = table.has_differences && partners.isBaseline(*run);
    const std::optional<double> value = finiteValue(*run, metric, table.at);
    if (!value) {
      cell.absent.push_back({run->run_id, run->name, absenceReason(*run)});
      continue;
    }
    cell.values.push_back({run->run_id, run->seed, *value});
    numbers.push_back(*value);
    if (table.has_differences && !cell.is_baseline) {
      const ComparedRun* partner = partners.partnerOf(*run);
      if (const auto other =
              partner == nullptr ? std::nullopt : finiteValue(*partner, metric, table.at)) {
        pairs.push_back({*value, *other});
      }
    }
  }
  cell.summary = summarize(numbers);
  cell.difference = pairedDifference(pairs, table.confidence);
  return cell;
}

bool isComplete(const ComparisonCell& cell) {
  return cell.expected > 0 && cell.values.size() == cell.expected;
}

void markBest(ComparisonTable& table, std::size_t column) {
  const std::string& better = table.columns[column].metric.better;
  if (better.empty()) {
    return;
  }
  const double sign = better == "min" ? -1 : 1;
  std::optional<double> best;
  std::size_t complete = 0;
  for (const ComparisonRow& row : table.rows) {
    if (isComplete(row.cells[column])) {
      ++complete;
      const double mean = *row.cells[column].summary.mean;
      best = best && sign * *best >= sign * mean ? *best : mean;
    }
  }
  if (complete < 2) {
    return;
  }
  for (ComparisonRow& row : table.rows) {
    ComparisonCell& cell = row.cells[column];
    cell.is_best =
        isComplete(cell) && std::abs(*cell.summary.mean - *best) <= kTieShare * std::abs(*best);
  }
}

/// Factors, columns and options of the table; rows are still to come.
ComparisonTable startTable(const ComparisonRequest& request, const std::vector<ComparedRun>& runs) {
  ComparisonTable table;
  table.experiment = request.experiment;
  table.at = request.at;
  table.confidence = request.confidence;
  table.column_factors = request.columns;
  table.row_factors = request.rows;
  for (const std::string& factor : request.factors) {
    const bool is_column = contains(table.column_factors, factor);
    if (request.rows.empty() && !is_column) {
      table.row_factors.push_back(factor);
    }
    if (!is_column && !contains(table.row_factors, factor) &&
        combinations(runs, {factor}).size() > 1) {
      table.averaged_factors.push_back(factor);
    }
  }
  for (const auto& [factor, label] : request.baseline) {
    if (contains(table.row_factors, factor) || contains(table.column_factors, factor)) {
      table.baseline.emplace(factor, label);
    }
  }
  table.has_differences = !table.baseline.empty();
  for (const std::vector<std::string>& labels : combinations(runs, table.column_factors)) {
    for (const ComparedMetric& metric : request.metrics) {
      table.columns.push_back({labels, metric});
    }
  }
  return table;
}

Status checkRequest(const ComparisonRequest& request, const std::vector<ComparedRun>& runs) {
  for (const auto* names : {&request.rows, &request.columns}) {
    if (Status status = checkFactors(request, *names); !status) {
      return status;
    }
  }
  for (const std::string& factor : request.rows) {
    if (contains(request.columns, factor)) {
      return fail(ErrorCode::kUsage, "factor '" + factor + "' is asked for in rows and in columns");
    }
  }
  return checkBaseline(request, runs);
}

}  // namespace

Result<ComparisonTable> buildComparison(const ComparisonRequest& request,
                                        const std::vector<ComparedRun>& runs) {
  if (Status status = checkRequest(request, runs); !status) {
    return failWith(status.error());
  }
  ComparisonTable table = startTable(request, runs);
  using Position = std::pair<std::vector<std::string>, std::vector<std::string>>;
  std::map<Position, std::vector<const ComparedRun*>> groups;
  for (const ComparedRun& run : runs) {
    groups[{labelsOf(run, table.row_factors), labelsOf(run, table.column_factors)}].push_back(&run);
  }
  const BaselinePartners partners(runs, request.factors, table.baseline);
  for (std::vector<std::string>& labels : combinations(runs, table.row_factors)) {
    ComparisonRow row;
    row.labels = std::move(labels);
    for (const ComparisonColumn& column : table.columns) {
      const auto group = groups.find({row.labels, column.labels});
      row.cells.push_back(group == groups.end()
                              ? ComparisonCell{}
                              : buildCell(group->second, column.metric.name, table, partners));
    }
    table.rows.push_back(std::move(row));
  }
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    markBest(table, column);
  }
  return table;
}

}  // namespace retort
