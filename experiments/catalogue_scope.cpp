#include "experiments/catalogue_scope.h"

#include "core/settings/effective_values.h"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace retort::experiments {

namespace {

/// The longest beginning of `key` up to a dot that is a list of texts; empty when there is none.
std::string listAbove(const std::string& key,
                      const std::function<const SettingSpec*(const std::string&)>& find) {
  for (std::size_t dot = key.rfind('.'); dot != std::string::npos && dot > 0;
       dot = key.rfind('.', dot - 1)) {
    std::string above = key.substr(0, dot);
    const SettingSpec* spec = find(above);
    if (spec != nullptr && spec->type == SettingType::kStringList) {
      return above;
    }
  }
  return "";
}

std::string ruleText(const std::string& name, const Json& value) {
  return fmt::format("{} = {}", name, value.is_string() ? value.get<std::string>() : value.dump());
}

}  // namespace

GivenSettings foldedLists(const GivenSettings& settings,
                          const std::function<const SettingSpec*(const std::string& key)>& find) {
  GivenSettings folded;
  std::map<std::string, std::vector<std::pair<Place, std::string>>> rules;
  for (const auto& [key, setting] : settings) {
    const std::string list = setting.value.is_array() ? "" : listAbove(key, find);
    if (list.empty() || settings.contains(list)) {
      folded.emplace(key, setting);
    } else {
      rules[list].emplace_back(setting.place, ruleText(key.substr(list.size() + 1), setting.value));
    }
  }
  for (auto& [list, entries] : rules) {
    std::ranges::stable_sort(entries, [](const auto& a, const auto& b) {
      return std::tie(a.first.line, a.first.column) < std::tie(b.first.line, b.first.column);
    });
    Json texts = Json::array();
    for (auto& entry : entries) {
      texts.push_back(std::move(entry.second));
    }
    folded.emplace(list, GivenSetting{std::move(texts), entries.front().first});
  }
  return folded;
}

CatalogueScope::CatalogueScope(const Catalogue& catalogue) : catalogue_(catalogue) {
  for (const SettingSpec& spec : catalogue.settings) {
    settings_.emplace(spec.key, &spec);
    if (const std::size_t dot = spec.key.rfind('.');
        spec.is_shorthand && dot != std::string::npos) {
      shorthands_.emplace(spec.key.substr(0, dot), spec.key);
    }
  }
}

const SettingSpec* CatalogueScope::find(const std::string& key) const {
  const auto found = settings_.find(key);
  return found == settings_.end() ? nullptr : found->second;
}

const std::string& CatalogueScope::canonicalKey(const std::string& key) const {
  const auto found = shorthands_.find(key);
  return found == shorthands_.end() ? key : found->second;
}

GivenSettings CatalogueScope::canonicalKeys(const GivenSettings& settings) const {
  GivenSettings canonical;
  const auto findSpec = [this](const std::string& key) {
    return find(key);
  };
  for (auto& [key, setting] : foldedLists(settings, findSpec)) {
    canonical.emplace(canonicalKey(key), setting);
  }
  return canonical;
}

Json CatalogueScope::defaultOf(const std::string& key, const GivenSettings& given) const {
  const SettingSpec* spec = find(canonicalKey(key));
  if (spec == nullptr) {
    return {};
  }
  SettingValues values;
  for (const auto& [name, setting] : given) {
    values.emplace(name, setting.value);
  }
  const SettingValues presets = presetDefaults(catalogue_, values);
  const auto preset = presets.find(spec->key);
  return preset == presets.end() ? spec->default_value : preset->second;
}

Json CatalogueScope::canonicalValue(const std::string& key, const Json& value) const {
  const SettingSpec* spec = find(canonicalKey(key));
  if (spec == nullptr) {
    return value;
  }
  const auto checked = checkSettingValue(*spec, value);
  return checked ? *checked : value;
}

}  // namespace retort::experiments
