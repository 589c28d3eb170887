#include "core/comparison/experiment_report.h"

#include <algorithm>

namespace retort {
namespace {

std::string textAt(const Json& part, const char* key) {
  const auto found = part.find(key);
  return found != part.end() && found->is_string() ? found->get<std::string>() : "";
}

std::vector<std::string> textsAt(const Json& part, const char* key) {
  std::vector<std::string> texts;
  if (const auto found = part.find(key); found != part.end() && found->is_array()) {
    for (const Json& item : *found) {
      if (item.is_string()) {
        texts.push_back(item.get<std::string>());
      }
    }
  }
  return texts;
}

bool hasLabel(const ExperimentRecord& experiment,
              const std::pair<std::string, std::string>& label) {
  return std::any_of(experiment.runs.begin(), experiment.runs.end(), [&](const auto& run) {
    return !run.is_needed_only &&
           std::find(run.labels.begin(), run.labels.end(), label) != run.labels.end();
  });
}

void takeBaseline(const ExperimentRecord& experiment,
                  const Json& part,
                  ComparisonOptions& options) {
  const auto baseline = part.find("baseline");
  if (baseline == part.end() || !baseline->is_object()) {
    return;
  }
  options.is_without_baseline = baseline->empty();
  for (const auto& [factor, label] : baseline->items()) {
    const std::string text = label.is_string() ? label.get<std::string>() : label.dump();
    if (!hasLabel(experiment, {factor, text})) {
      options.baseline.clear();
      options.is_without_baseline = true;
      return;
    }
    options.baseline.push_back(factor + "=" + text);
  }
}

ComparisonOptions optionsOf(const ExperimentRecord& experiment, const Json& part) {
  ComparisonOptions options;
  options.by = textsAt(part, "by");
  options.columns = textsAt(part, "columns");
  options.metrics = textsAt(part, "metric");
  options.at = textAt(part, "at");
  takeBaseline(experiment, part, options);
  return options;
}

FigureSpec figureOf(const ExperimentRecord& experiment, const Json& part) {
  FigureSpec figure;
  figure.subject = experiment.name;
  figure.kind = textAt(part, "kind");
  figure.kind = figure.kind.empty() ? "points" : figure.kind;
  figure.metric = textAt(part, "metric");
  figure.reference = textAt(part, "reference");
  figure.comparison = optionsOf(experiment, part);
  const std::string spread = textAt(part, "spread");
  figure.spread = spread == "none"       ? Spread::kNone
                  : spread == "interval" ? Spread::kInterval
                                         : Spread::kDeviation;
  const auto log = part.find("log");
  figure.is_log = log != part.end() && log->is_boolean() && log->get<bool>();
  return figure;
}

/// The parts of one list that are objects with a name.
std::vector<Json> partsOf(const Json& report, const char* key) {
  std::vector<Json> parts;
  if (report.is_object() && report.contains(key) && report.at(key).is_array()) {
    for (const Json& part : report.at(key)) {
      if (part.is_object() && !textAt(part, "name").empty()) {
        parts.push_back(part);
      }
    }
  }
  return parts;
}

}  // namespace

ExperimentReport reportOf(const ExperimentRecord& experiment) {
  ExperimentReport report;
  for (const Json& part : partsOf(experiment.report, "tables")) {
    report.tables.push_back(
        {textAt(part, "name"), textAt(part, "title"), optionsOf(experiment, part)});
  }
  for (const Json& part : partsOf(experiment.report, "figures")) {
    report.figures.push_back(
        {textAt(part, "name"), textAt(part, "title"), figureOf(experiment, part)});
  }
  if (report.tables.empty() && report.figures.empty()) {
    report.tables.push_back({"comparison", "", {}});
    report.figures.push_back({"values", "", figureOf(experiment, Json::object())});
  }
  return report;
}

}  // namespace retort
