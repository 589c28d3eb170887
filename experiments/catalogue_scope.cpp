#include "experiments/catalogue_scope.h"

#include "core/settings/effective_values.h"

namespace retort::experiments {

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
  for (const auto& [key, setting] : settings) {
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
