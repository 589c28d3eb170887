#include "core/settings/effective_values.h"

#include <algorithm>

namespace retort {
namespace {

Json canonical(const SettingSpec& spec, const Json& value) {
  const Result<Json, SettingError> checked = checkSettingValue(spec, value);
  return checked ? *checked : value;
}

}  // namespace

SettingIndex::SettingIndex(const Catalogue& catalogue) {
  specs_.reserve(catalogue.settings.size());
  for (const SettingSpec& spec : catalogue.settings) {
    specs_.emplace(spec.key, &spec);
  }
  for (const SettingSpec& spec : catalogue.settings) {
    // A malformed preset was refused with its catalogue; here it gives nothing.
    for (Preset& preset : presetsOf(spec).value_or(std::vector<Preset>())) {
      const Preset& kept = presets_.emplace_back(std::move(preset));
      for (const auto& [key, value] : kept.settings) {
        presets_by_key_[key].emplace_back(&kept, &value);
      }
    }
  }
}

const SettingSpec* SettingIndex::find(std::string_view key) const {
  const auto found = specs_.find(key);
  return found == specs_.end() ? nullptr : found->second;
}

const std::vector<SettingIndex::PresetValue>& SettingIndex::presetsFor(std::string_view key) const {
  static const std::vector<PresetValue> kNone;
  const auto found = presets_by_key_.find(key);
  return found == presets_by_key_.end() ? kNone : found->second;
}

bool EffectiveValues::applies(const SettingSpec& spec) {
  return allHold(&spec, spec.when);
}

Json EffectiveValues::valueOf(const SettingSpec& spec) {
  const auto found = given_.find(spec.key);
  if (found != given_.end()) {
    return found->second.value;
  }
  const Json* preset = presetValueOf(spec.key);
  const Json& value = preset == nullptr ? spec.default_value : *preset;
  return value.is_null() ? Json() : canonical(spec, value);
}

const Json* EffectiveValues::presetValueOf(std::string_view key) {
  const auto& presets = index_.presetsFor(key);
  const auto found = std::find_if(presets.rbegin(), presets.rend(), [&](const auto& preset) {
    return allHold(preset.first, preset.first->when);
  });
  return found == presets.rend() ? nullptr : found->second;
}

bool EffectiveValues::allHold(const void* owner, const std::vector<SettingCondition>& conditions) {
  if (conditions.empty()) {
    return true;
  }
  // An entry that is still false while it is evaluated makes a circle of conditions not hold.
  const auto [entry, is_new] = known_.try_emplace(owner, false);
  if (!is_new) {
    return entry->second;
  }
  const bool all_hold = std::all_of(conditions.begin(),
                                    conditions.end(),
                                    [&](const auto& condition) { return holds(condition); });
  known_[owner] = all_hold;
  return all_hold;
}

bool EffectiveValues::holds(const SettingCondition& condition) {
  const SettingSpec* spec = index_.find(condition.key);
  if (spec == nullptr || !applies(*spec)) {
    return false;
  }
  const Json value = valueOf(*spec);
  if (value.is_null()) {
    return false;
  }
  const auto is_value = [&](const Json& wanted) {
    return canonical(*spec, wanted) == value;
  };
  const bool is_wanted = condition.any_of.empty() ||
                         std::any_of(condition.any_of.begin(), condition.any_of.end(), is_value);
  return is_wanted && std::none_of(condition.none_of.begin(), condition.none_of.end(), is_value);
}

}  // namespace retort
