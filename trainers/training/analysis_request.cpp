#include "trainers/training/analysis_request.h"

#include "core/base/json.h"
#include "core/base/text.h"
#include "trainers/catalog.h"
#include "trainers/evaluation/choice_evaluation.h"
#include "trainers/probes/registry.h"
#include "trainers/train_error.h"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include <fmt/format.h>

namespace retort::train {

namespace {

constexpr const char* kProbePrefix = "probe.";
constexpr const char* kQuestions = "eval.tasks";

std::vector<std::string> namesOfModelProbes() {
  std::vector<std::string> names;
  for (const ProbeDefinition* probe : probeRegistry()) {
    if (!probe->is_of_training) {
      names.push_back(probe->spec.name);
    }
  }
  return names;
}

void checkProbe(const std::string& name) {
  for (const ProbeDefinition* probe : probeRegistry()) {
    if (probe->spec.name == name && probe->is_of_training) {
      throw TrainError(ExitCode::kBadSpec,
                       fmt::format("probe '{}' looks at the training itself; a model has nothing "
                                   "for it. For models there are: {}",
                                   name,
                                   joinStrings(namesOfModelProbes(), ", ")));
    }
    if (probe->spec.name == name) {
      return;
    }
  }
  throw TrainError(
      ExitCode::kBadSpec,
      fmt::format(
          "there is no probe '{}'; there are: {}", name, joinStrings(namesOfModelProbes(), ", ")));
}

/// Values are JSON; what is not is a text.
Json overrideValue(const std::string& text) {
  const auto json = parseJson(text);
  return json ? *json : Json(text);
}

const std::vector<SettingSpec>& questionSettings() {
  return choiceEvaluationSettings().specs();
}

bool isOfQuestions(const std::string& key) {
  return std::ranges::any_of(questionSettings(),
                             [&](const SettingSpec& spec) { return spec.key == key; });
}

void applyOverride(const std::string& text, SettingValues& settings) {
  const std::string key = overriddenKey(text);
  if (key.empty()) {
    throw TrainError(ExitCode::kBadSpec, fmt::format("--set {}: expected KEY=VALUE", text));
  }
  const SettingSpec* spec = trainerCatalogue().findSetting(key);
  const bool is_allowed = spec != nullptr && (key.starts_with(kProbePrefix) || isOfQuestions(key) ||
                                              !spec->affects_result);
  if (!is_allowed) {
    throw TrainError(ExitCode::kBadSpec,
                     fmt::format("--set {}: only settings of probes (probe.…) and questions "
                                 "(eval.tasks …), device and threads can be changed after a run",
                                 text));
  }
  const std::string value = text.substr(key.size() + 1);
  // A relative path is the caller's, not the run's.
  settings[key] = spec->type == SettingType::kPath ? Json(std::filesystem::absolute(value).string())
                                                   : overrideValue(value);
}

std::int64_t count(const std::string& option, const std::string& text) {
  const auto number = parseInteger(text);
  if (!number || *number < 0) {
    throw std::invalid_argument(
        fmt::format("{} needs a number of rows, but got '{}'", option, text));
  }
  return *number;
}

std::vector<std::string> splitNames(const std::string& text) {
  std::vector<std::string> names;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    if (end > begin) {
      names.push_back(text.substr(begin, end - begin));
    }
    begin = end + 1;
  }
  return names;
}

}  // namespace

std::string overriddenKey(const std::string& text) {
  const auto equals = text.find('=');
  return equals == std::string::npos ? "" : text.substr(0, equals);
}

bool asksQuestions(const AnalysisRequest& request) {
  return std::ranges::any_of(
      request.overrides, [](const std::string& text) { return overriddenKey(text) == kQuestions; });
}

AnalysisRequest parseAnalysisRequest(const std::vector<std::string>& words) {
  AnalysisRequest request;
  for (std::size_t i = 0; i < words.size(); i += 2) {
    const std::string& option = words[i];
    if (i + 1 == words.size()) {
      throw std::invalid_argument(fmt::format("{}: a value is missing", option));
    }
    const std::string& value = words[i + 1];
    if (option == "--probe") {
      for (const std::string& name : splitNames(value)) {
        request.probes.push_back(name);
      }
    } else if (option == "--set") {
      request.overrides.push_back(value);
    } else if (option == "--checkpoint") {
      request.checkpoint = value;
    } else if (option == "--rows") {
      request.rows = count(option, value);
    } else if (option == "--batch") {
      request.batch = count(option, value);
    } else {
      throw std::invalid_argument(fmt::format(
          "--analyze: unknown option '{}'; known: --probe, --set, --checkpoint, --rows, --batch",
          option));
    }
  }
  if (request.probes.empty() && !asksQuestions(request)) {
    throw std::invalid_argument(
        "--analyze: name at least one probe with --probe, or questions with --set eval.tasks=…");
  }
  return request;
}

SettingValues analysisSettings(const SettingValues& run, const AnalysisRequest& request) {
  SettingValues settings = run;
  for (const std::string& name : request.probes) {
    checkProbe(name);
  }
  for (const ProbeDefinition* probe : probeRegistry()) {
    const bool is_wanted =
        std::find(request.probes.begin(), request.probes.end(), probe->spec.name) !=
        request.probes.end();
    for (const std::string& key : probeSettingKeys(*probe)) {
      if (!is_wanted) {
        settings.erase(key);
      }
    }
    settings[probeIntervalKey(*probe)] = is_wanted ? 1 : 0;
  }
  if (!asksQuestions(request)) {
    for (const SettingSpec& spec : questionSettings()) {
      settings.erase(spec.key);
    }
  }
  for (const std::string& text : request.overrides) {
    applyOverride(text, settings);
  }
  return settings;
}

}  // namespace retort::train
