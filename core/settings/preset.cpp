#include "core/settings/preset.h"

#include <fmt/format.h>

namespace retort {
namespace {

Failure<Error> malformed(const SettingSpec& spec, const std::string& choice, const char* what) {
  return fail(ErrorCode::kProtocol,
              fmt::format("setting {}: preset '{}' {}", spec.key, choice, what));
}

/// {key: [values]}; false when it is something else.
bool readConditions(const Json& entry,
                    const char* name,
                    std::vector<Json> SettingCondition::*values,
                    std::vector<SettingCondition>& conditions) {
  if (!entry.contains(name)) {
    return true;
  }
  if (!entry.at(name).is_object()) {
    return false;
  }
  for (const auto& [key, list] : entry.at(name).items()) {
    SettingCondition condition{key, {}, {}};
    if (!list.is_array()) {
      return false;
    }
    condition.*values = list.get<std::vector<Json>>();
    conditions.push_back(std::move(condition));
  }
  return true;
}

Result<Preset> readPreset(const SettingSpec& spec, const std::string& choice, const Json& entry) {
  if (!entry.is_object() || !entry.contains("settings") || !entry.at("settings").is_object()) {
    return malformed(spec, choice, "has an entry without settings");
  }
  Preset preset;
  preset.when.push_back({spec.key, {choice}, {}});
  if (!readConditions(entry, "when", &SettingCondition::any_of, preset.when) ||
      !readConditions(entry, "unless", &SettingCondition::none_of, preset.when)) {
    return malformed(spec, choice, "has conditions that are not {key: [values]}");
  }
  preset.settings = entry.at("settings").get<std::map<std::string, Json>>();
  if (entry.contains("source")) {
    if (!entry.at("source").is_string()) {
      return malformed(spec, choice, "has a source that is no text");
    }
    preset.source = entry.at("source").get<std::string>();
  }
  return preset;
}

}  // namespace

Json toJson(const Preset& preset, const std::string& choice_key) {
  Json json = {{"settings", preset.settings}};
  for (const SettingCondition& condition : preset.when) {
    if (condition.key == choice_key) {
      continue;
    }
    if (!condition.any_of.empty()) {
      json["when"][condition.key] = condition.any_of;
    }
    if (!condition.none_of.empty()) {
      json["unless"][condition.key] = condition.none_of;
    }
  }
  if (!preset.source.empty()) {
    json["source"] = preset.source;
  }
  return json;
}

Result<std::vector<Preset>> presetsOf(const SettingSpec& spec) {
  std::vector<Preset> presets;
  if (spec.type != SettingType::kChoice) {
    return presets;
  }
  for (const auto& [choice, list] : spec.presets) {
    if (!list.is_array()) {
      return malformed(spec, choice, "is not a list");
    }
    for (const Json& entry : list) {
      auto preset = readPreset(spec, choice, entry);
      if (!preset) {
        return failWith(preset.error());
      }
      presets.push_back(std::move(*preset));
    }
  }
  return presets;
}

}  // namespace retort
