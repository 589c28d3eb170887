#include "core/comparison/comparison_loader.h"

#include "core/base/text.h"
#include "core/comparison/comparison_choices.h"
#include "core/comparison/curve_part.h"
#include "core/run/format.h"
#include "core/settings/metric_name.h"
#include "storage/workspace_store.h"

#include <algorithm>
#include <optional>
#include <string_view>

namespace retort {
namespace {

std::string metricOf(const std::string& name) {
  return parseMetricName(name).metric;
}

/// A string or a list of strings in the report; nothing when it is absent.
std::vector<std::string> reportNames(const Json& report, const char* key) {
  std::vector<std::string> names;
  if (!report.is_object() || !report.contains(key)) {
    return names;
  }
  const Json& value = report.at(key);
  if (value.is_string()) {
    names.push_back(value.get<std::string>());
  } else if (value.is_array()) {
    for (const Json& item : value) {
      if (item.is_string()) {
        names.push_back(item.get<std::string>());
      }
    }
  }
  return names;
}

/// The report's baseline without labels that no run has: a grid may have been narrowed with --set.
Labels reportBaseline(const ExperimentRecord& experiment) {
  Labels baseline;
  if (!experiment.report.is_object() || !experiment.report.contains("baseline") ||
      !experiment.report.at("baseline").is_object()) {
    return baseline;
  }
  for (const auto& [factor, label] : experiment.report.at("baseline").items()) {
    const std::pair<std::string, std::string> wanted(factor, formatSetting(label));
    const bool is_there =
        std::any_of(experiment.runs.begin(), experiment.runs.end(), [&](const ExperimentRun& run) {
          return !run.is_needed_only &&
                 std::find(run.labels.begin(), run.labels.end(), wanted) != run.labels.end();
        });
    if (!is_there) {
      return {};
    }
    baseline.insert(wanted);
  }
  return baseline;
}

Result<Labels> parseBaseline(const std::vector<std::string>& texts) {
  Labels baseline;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      return fail(ErrorCode::kUsage, "'--baseline " + text + "': write FACTOR=LABEL");
    }
    baseline[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return baseline;
}

std::string defaultMetric(const std::vector<std::string>& recorded) {
  const auto rank = [](const std::string& name) {
    if (name.rfind("eval.", 0) == 0) {
      return name == "eval.loss" ? 1 : 0;
    }
    return name == "train.loss" ? 2 : 3;
  };
  const auto best = std::min_element(
      recorded.begin(), recorded.end(), [&](const std::string& a, const std::string& b) {
        return rank(a) < rank(b);
      });
  return best == recorded.end() ? "" : *best;
}

Result<std::vector<ComparedMetric>> chooseMetrics(const ExperimentRecord& experiment,
                                                  const ComparisonOptions& options,
                                                  const std::vector<std::string>& recorded,
                                                  const MetricLookup& lookup) {
  const std::vector<std::string> reported = reportNames(experiment.report, "metric");
  const std::vector<std::string> better = reportNames(experiment.report, "better");
  std::vector<std::string> names = options.metrics.empty() ? reported : options.metrics;
  if (names.empty()) {
    names.push_back(defaultMetric(recorded));
  }
  std::vector<ComparedMetric> metrics;
  for (const std::string& name : names) {
    const MetricSpec* spec = lookup(metricOf(name));
    const bool is_recorded =
        std::find(recorded.begin(), recorded.end(), metricOf(name)) != recorded.end();
    if (name.empty()) {
      return fail(ErrorCode::kNotFound,
                  "the runs of '" + experiment.name + "' have reported no metric yet");
    }
    if (spec == nullptr && !is_recorded && !recorded.empty()) {
      const auto near = nearestName(metricOf(name), recorded);
      return fail(ErrorCode::kUsage,
                  "no run of '" + experiment.name + "' has a metric '" + name + "'; " +
                      (near ? "did you mean '" + *near + "'?"
                            : "there are: " + joinStrings(recorded, ", ")));
    }
    const bool is_reported = std::find(reported.begin(), reported.end(), name) != reported.end();
    const std::string declared = spec == nullptr ? "" : spec->better;
    metrics.push_back({name,
                       is_reported && !better.empty() ? better.front() : declared,
                       spec == nullptr ? "" : spec->unit});
  }
  return metrics;
}

/// The last and best points of the metric's curve in these runs.
Status addCurveValues(storage::WorkspaceStore& store,
                      const ComparedMetric& metric,
                      const std::vector<std::string>& run_ids,
                      std::map<std::string, ComparedRun*>& runs) {
  const auto summaries = store.metrics().summaries(run_ids, metricOf(metric.name));
  if (!summaries) {
    return failWith(summaries.error());
  }
  std::string example;
  bool is_found = false;
  for (const storage::SeriesSummary& summary : *summaries) {
    const std::string name = formatSeries(summary.key);
    example = name;
    if (name == metric.name) {
      is_found = true;
      const auto& best = metric.better == "min" ? summary.min : summary.max;
      MetricOutcome& outcome = runs.at(summary.run_id)->metrics[metric.name];
      outcome.last = summary.last.value;
      outcome.best = !metric.better.empty() && best ? best->value : summary.last.value;
    }
  }
  if (!is_found && !example.empty()) {
    return fail(
        ErrorCode::kUsage,
        "'" + metric.name + "' is not one curve; ask for one, for example '" + example + "'");
  }
  return {};
}

/// Each run's last points of the curves that the metric includes as one number: "mean(NAME)",
/// "max(NAME[layer=0])".
Status addCombinedValues(storage::WorkspaceStore& store,
                         const ComparedMetric& metric,
                         const std::vector<std::string>& run_ids,
                         std::map<std::string, ComparedRun*>& runs) {
  const MetricName name = parseMetricName(metric.name);
  const auto wanted = parseSeries(name.curve);
  if (!wanted) {
    return failWith(wanted.error());
  }
  const auto summaries = store.metrics().summaries(run_ids, wanted->metric);
  if (!summaries) {
    return failWith(summaries.error());
  }
  std::map<std::string, std::vector<double>> values;  // by run
  for (const storage::SeriesSummary& summary : *summaries) {
    if (isPartOf(summary.key, *wanted)) {
      values[summary.run_id].push_back(summary.last.value);
    }
  }
  for (const auto& [run_id, last] : values) {
    const double combined = combine(last, *name.combination);
    runs.at(run_id)->metrics[metric.name] = {combined, combined};
  }
  return {};
}

/// A name for a run that may be gone: its labels and seed.
std::string nameOf(const ExperimentRun& run) {
  std::vector<std::string> parts;
  for (const auto& [factor, label] : run.labels) {
    parts.push_back(factor + "=" + label);
  }
  if (run.seed) {
    parts.push_back("seed=" + std::to_string(*run.seed));
  }
  return parts.empty() ? run.run_id : joinStrings(parts, " ");
}

/// What the trainer reported as final wins over the curves.
Status addResults(storage::WorkspaceStore& store,
                  const std::vector<ComparedMetric>& metrics,
                  ComparedRun& run) {
  const auto results = store.metrics().results(run.run_id);
  if (!results) {
    return failWith(results.error());
  }
  for (const ComparedMetric& metric : metrics) {
    if (const auto last = results->find(metric.name); last != results->end()) {
      MetricOutcome& outcome = run.metrics[metric.name];
      outcome.last = last->second;
      const auto best = results->find(metric.name + "_best");
      outcome.best = best != results->end() ? best->second : outcome.best.value_or(last->second);
    }
  }
  return {};
}

Status addValues(storage::WorkspaceStore& store,
                 const std::vector<ComparedMetric>& metrics,
                 const std::vector<std::string>& existing,
                 std::map<std::string, ComparedRun*>& runs) {
  for (const ComparedMetric& metric : metrics) {
    const auto add =
        parseMetricName(metric.name).combination ? &addCombinedValues : &addCurveValues;
    if (Status status = add(store, metric, existing, runs); !status) {
      return status;
    }
  }
  for (const std::string& id : existing) {
    if (Status status = addResults(store, metrics, *runs.at(id)); !status) {
      return status;
    }
  }
  return {};
}

Result<std::vector<ComparedRun>> loadRuns(storage::WorkspaceStore& store,
                                          const ExperimentRecord& experiment,
                                          const std::vector<ComparedMetric>& metrics) {
  storage::RunFilter filter;
  filter.with_spec = false;
  std::vector<ComparedRun> runs;
  for (const ExperimentRun& member : experiment.runs) {
    if (!member.is_needed_only) {
      ComparedRun run;
      run.run_id = member.run_id;
      run.name = nameOf(member);
      run.labels = Labels(member.labels.begin(), member.labels.end());
      run.seed = member.seed;
      runs.push_back(std::move(run));
      filter.run_ids.push_back(member.run_id);
    }
  }
  if (runs.empty()) {
    return runs;
  }
  const auto records = store.runs().list(filter);
  if (!records) {
    return failWith(records.error());
  }
  std::map<std::string, ComparedRun*> by_id;
  for (ComparedRun& run : runs) {
    by_id.emplace(run.run_id, &run);
  }
  std::vector<std::string> existing;
  for (const RunRecord& record : *records) {
    ComparedRun& run = *by_id.at(record.spec.run_id);
    run.name = record.name;
    run.state = record.state;
    existing.push_back(record.spec.run_id);
  }
  if (Status status = addValues(store, metrics, existing, by_id); !status) {
    return failWith(status.error());
  }
  return runs;
}

}  // namespace

Result<double> parseConfidence(const std::string& text) {
  constexpr double kLeast = 50;
  constexpr double kMost = 99.9;
  const auto percent = parseDouble(text);
  if (!percent || !(*percent >= kLeast && *percent <= kMost)) {
    return fail(ErrorCode::kUsage, "'--confidence " + text + "': write 50 to 99.9 (per cent)");
  }
  return *percent / 100;
}

Result<ComparisonRequest> makeComparisonRequest(const ExperimentRecord& experiment,
                                                const ComparisonOptions& options,
                                                const std::vector<std::string>& recorded,
                                                const MetricLookup& lookup) {
  ComparisonRequest request;
  request.experiment = experiment.name;
  for (const FactorChoice& factor : factorsOf(experiment)) {
    request.factors.push_back(factor.name);
  }
  request.rows = options.by.empty() ? reportNames(experiment.report, "by") : options.by;
  request.columns = options.columns;
  if (options.by.empty()) {
    std::erase_if(request.rows, [&](const std::string& factor) {
      return std::find(options.columns.begin(), options.columns.end(), factor) !=
             options.columns.end();
    });
  }
  auto metrics = chooseMetrics(experiment, options, recorded, lookup);
  if (!metrics) {
    return failWith(metrics.error());
  }
  request.metrics = std::move(*metrics);
  const std::vector<std::string> at = reportNames(experiment.report, "at");
  const std::string chosen = !options.at.empty() ? options.at : (at.empty() ? "last" : at.front());
  request.at = chosen == "best" ? ValueChoice::kBest : ValueChoice::kLast;
  request.confidence = options.confidence;
  if (!options.is_without_baseline) {
    auto baseline = options.baseline.empty() ? Result<Labels>(reportBaseline(experiment))
                                             : parseBaseline(options.baseline);
    if (!baseline) {
      return failWith(baseline.error());
    }
    request.baseline = std::move(*baseline);
  }
  return request;
}

Result<ComparisonTable> loadComparison(storage::WorkspaceStore& store,
                                       const ExperimentRecord& experiment,
                                       const ComparisonOptions& options,
                                       const MetricLookup& lookup) {
  const auto choices = loadChoices(store, experiment);
  if (!choices) {
    return failWith(choices.error());
  }
  return loadComparison(store, experiment, options, lookup, *choices);
}

Result<ComparisonTable> loadComparison(storage::WorkspaceStore& store,
                                       const ExperimentRecord& experiment,
                                       const ComparisonOptions& options,
                                       const MetricLookup& lookup,
                                       const ComparisonChoices& choices) {
  const auto request = makeComparisonRequest(experiment, options, choices.recorded, lookup);
  if (!request) {
    return failWith(request.error());
  }
  auto runs = loadRuns(store, experiment, request->metrics);
  if (!runs) {
    return failWith(runs.error());
  }
  return buildComparison(*request, *runs);
}

}  // namespace retort
