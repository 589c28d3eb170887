#include "core/settings/catalogue_check.h"

#include "core/settings/preset.h"
#include "core/settings/resolve.h"
#include "core/settings/setting_key.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

namespace retort {

namespace {

/// What is wrong; empty when nothing is.
using Problem = std::string;

std::string parentKey(const std::string& key) {
  const std::size_t dot = key.rfind('.');
  return dot == std::string::npos ? "" : key.substr(0, dot);
}

Problem checkValues(const SettingSpec& spec) {
  for (const auto& [name, list] : spec.presets) {
    if (spec.type == SettingType::kChoice) {
      continue;  // another form: checkPresets
    }
    const bool is_list =
        list.is_array() &&
        std::all_of(list.begin(), list.end(), [](const Json& e) { return e.is_string(); });
    if (!is_list) {
      return fmt::format("setting {}: preset '{}' is not a list of strings", spec.key, name);
    }
  }
  if (spec.type == SettingType::kChoice && spec.choices.empty()) {
    return fmt::format("setting {}: a choice without choices", spec.key);
  }
  if (spec.minimum && spec.maximum && *spec.minimum > *spec.maximum) {
    return fmt::format("setting {}: its minimum is above its maximum", spec.key);
  }
  if (!spec.default_value.is_null()) {
    if (const auto checked = checkSettingValue(spec, spec.default_value); !checked) {
      return fmt::format("setting {}: bad default: {}", spec.key, checked.error().message);
    }
  }
  return {};
}

/// Keys are unique, well formed, and none is the parent of another (they become nested maps).
Problem checkKeys(const Catalogue& catalogue) {
  std::set<std::string> keys;
  std::set<std::string> shorthand_parents;
  int seeds = 0;
  for (const SettingSpec& spec : catalogue.settings) {
    if (!isSettingKey(spec.key)) {
      return fmt::format("setting '{}': a key is lower-case words joined by dots", spec.key);
    }
    if (!keys.insert(spec.key).second) {
      return fmt::format("setting {} is declared twice", spec.key);
    }
    if (spec.is_shorthand && !shorthand_parents.insert(parentKey(spec.key)).second) {
      return fmt::format("setting {}: its group has another shorthand", spec.key);
    }
    seeds += spec.is_seed ? 1 : 0;
  }
  for (const std::string& key : keys) {
    for (std::string parent = parentKey(key); !parent.empty(); parent = parentKey(parent)) {
      if (keys.contains(parent)) {
        return fmt::format("setting {} cannot be a group with {} in it", parent, key);
      }
    }
  }
  return seeds > 1 ? "more than one setting is the seed" : "";
}

Problem checkPreset(const Catalogue& catalogue, const std::string& owner, const Preset& preset) {
  const std::string where = fmt::format("setting {}: a preset ", owner);
  for (const SettingCondition& condition : preset.when) {
    if (catalogue.findSetting(condition.key) == nullptr) {
      return where + fmt::format("depends on the unknown setting '{}'", condition.key);
    }
  }
  for (const auto& [key, value] : preset.settings) {
    const SettingSpec* spec = catalogue.findSetting(key);
    if (spec == nullptr) {
      return where + fmt::format("sets the unknown setting '{}'", key);
    }
    if (spec->type == SettingType::kPath || spec->is_seed) {
      return where + fmt::format("sets {}, but inputs and the seed have no presets", key);
    }
    if (const auto checked = checkSettingValue(*spec, value); !checked) {
      return where + "is wrong: " + checked.error().message;
    }
  }
  return {};
}

Problem checkPresets(const Catalogue& catalogue, const SettingSpec& spec) {
  if (spec.type != SettingType::kChoice) {
    return {};
  }
  for (const auto& [choice, list] : spec.presets) {
    if (std::find(spec.choices.begin(), spec.choices.end(), choice) == spec.choices.end()) {
      return fmt::format("setting {}: preset '{}' is none of its choices", spec.key, choice);
    }
  }
  const auto presets = presetsOf(spec);
  if (!presets) {
    return presets.error().message;
  }
  for (const Preset& preset : *presets) {
    if (Problem problem = checkPreset(catalogue, spec.key, preset); !problem.empty()) {
      return problem;
    }
  }
  return {};
}

Problem checkReferences(const Catalogue& catalogue) {
  for (const SettingSpec& spec : catalogue.settings) {
    for (const SettingCondition& condition : spec.when) {
      if (catalogue.findSetting(condition.key) == nullptr) {
        return fmt::format(
            "setting {}: its condition names the unknown setting '{}'", spec.key, condition.key);
      }
    }
  }
  for (const TechniqueSpec& technique : catalogue.techniques) {
    for (const std::string& key : technique.settings) {
      if (catalogue.findSetting(key) == nullptr) {
        return fmt::format(
            "technique {} {} names the unknown setting '{}'", technique.kind, technique.name, key);
      }
    }
  }
  std::set<std::string> names;
  for (const MetricSpec& metric : catalogue.metrics) {
    if (!names.insert(metric.name).second) {
      return fmt::format("metric {} is declared twice", metric.name);
    }
  }
  return {};
}

using KeysBehind = std::map<std::string, std::set<std::string>>;

/// For each setting the keys that decide whether it applies and which default it has.
KeysBehind keysBehind(const Catalogue& catalogue) {
  KeysBehind keys;
  const auto add = [&](const std::string& key, const std::vector<SettingCondition>& conditions) {
    for (const SettingCondition& condition : conditions) {
      keys[key].insert(condition.key);
    }
  };
  for (const SettingSpec& spec : catalogue.settings) {
    add(spec.key, spec.when);
    for (const Preset& preset : presetsOf(spec).value_or(std::vector<Preset>())) {
      for (const auto& [key, value] : preset.settings) {
        add(key, preset.when);
      }
    }
  }
  return keys;
}

/// Whether the conditions that `key` depends on lead back to a key that is being visited.
bool isOnCycle(const KeysBehind& behind,
               const std::string& key,
               std::set<std::string>& visiting,
               std::set<std::string>& done) {
  if (done.contains(key)) {
    return false;
  }
  if (!visiting.insert(key).second) {
    return true;
  }
  if (const auto found = behind.find(key); found != behind.end()) {
    for (const std::string& other : found->second) {
      if (isOnCycle(behind, other, visiting, done)) {
        return true;
      }
    }
  }
  visiting.erase(key);
  done.insert(key);
  return false;
}

}  // namespace

Problem checkCatalogue(const Catalogue& catalogue) {
  if (Problem problem = checkKeys(catalogue); !problem.empty()) {
    return problem;
  }
  if (Problem problem = checkReferences(catalogue); !problem.empty()) {
    return problem;
  }
  for (const SettingSpec& spec : catalogue.settings) {
    if (Problem problem = checkValues(spec); !problem.empty()) {
      return problem;
    }
    if (Problem problem = checkPresets(catalogue, spec); !problem.empty()) {
      return problem;
    }
  }
  const KeysBehind behind = keysBehind(catalogue);
  std::set<std::string> visiting;
  std::set<std::string> done;
  for (const SettingSpec& spec : catalogue.settings) {
    if (isOnCycle(behind, spec.key, visiting, done)) {
      return fmt::format("setting {}: its conditions lead back to itself", spec.key);
    }
  }
  return {};
}

}  // namespace retort
