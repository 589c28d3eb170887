#include "gui/models/time_estimate.h"

#include <algorithm>
#include <map>
#include <string>

namespace retort::gui {

namespace {

std::string settingOf(const RunSpec& spec, const std::string& key) {
  const auto found = spec.settings.find(key);
  return found == spec.settings.end() ? std::string() : canonicalJson(found->second);
}

std::string phaseOf(const RunSpec& spec) {
  return spec.trainer + "\n" + settingOf(spec, "phase") + "\n";
}

/// What makes runs take equally long: everything about the model, the data's size and the steps.
std::string shapeOf(const RunSpec& spec) {
  std::string shape = phaseOf(spec);
  for (const auto& [key, value] : spec.settings) {
    const bool is_shape = key.starts_with("model.architecture.") || key.starts_with("data.") ||
                          key == "train.steps" || key == "train.epochs" || key == "train.batch" ||
                          key == "threads" || key == "numerics" || key == "device";
    if (is_shape && !key.ends_with("seed")) {
      shape += key + "=" + canonicalJson(value) + "\n";
    }
  }
  return shape;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<long>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::optional<double> stepsOf(const RunSpec& spec) {
  const auto found = spec.settings.find("train.steps");
  const bool is_known =
      found != spec.settings.end() && found->second.is_number() && found->second.get<double>() > 0;
  return is_known ? std::optional(found->second.get<double>()) : std::nullopt;
}

}  // namespace

TimeEstimate estimateTime(const std::vector<RunRecord>& past,
                          const std::vector<const SubmittedRun*>& planned) {
  std::map<std::string, std::vector<double>> seconds_by_shape;
  std::map<std::string, std::vector<double>> step_seconds_by_phase;
  TimeEstimate estimate;
  for (const RunRecord& run : past) {
    if (run.state != RunState::kFinished || !run.started_ms || !run.ended_ms) {
      continue;
    }
    const double seconds = static_cast<double>(*run.ended_ms - *run.started_ms) / 1000;
    seconds_by_shape[shapeOf(run.spec)].push_back(seconds);
    if (run.total_steps > 0) {
      step_seconds_by_phase[phaseOf(run.spec)].push_back(seconds /
                                                         static_cast<double>(run.total_steps));
    }
    ++estimate.past;
  }
  for (const SubmittedRun* run : planned) {
    const auto same = seconds_by_shape.find(shapeOf(run->spec));
    const auto similar = step_seconds_by_phase.find(phaseOf(run->spec));
    const auto steps = stepsOf(run->spec);
    if (same != seconds_by_shape.end()) {
      estimate.seconds += median(same->second);
    } else if (similar != step_seconds_by_phase.end() && steps) {
      estimate.seconds += median(similar->second) * *steps;
    } else {
      continue;
    }
    ++estimate.judged;
  }
  return estimate;
}

}  // namespace retort::gui
