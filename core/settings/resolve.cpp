#include "core/settings/resolve.h"

#include "core/base/text.h"
#include "core/settings/effective_values.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include <fmt/format.h>

namespace retort {

namespace {

constexpr std::size_t kShownValueLength = 60;
/// Reals up to here hold every integer exactly.
constexpr double kLargestExactInteger = 9007199254740992.0;

/// The value as a message shows it: never a megabyte.
std::string shownValue(const Json& value) {
  std::string text = canonicalJson(value);
  if (text.size() > kShownValueLength) {
    std::size_t end = kShownValueLength;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
      --end;
    }
    text = text.substr(0, end) + "…";
  }
  return text;
}

std::string allowedRange(const SettingSpec& spec) {
  std::string text;
  if (spec.minimum) {
    text = fmt::format(
        " {} {}", spec.is_minimum_exclusive ? "above" : "of at least", formatDouble(*spec.minimum));
  }
  if (spec.maximum) {
    text +=
        fmt::format("{} at most {}", text.empty() ? " of" : " and", formatDouble(*spec.maximum));
  }
  return text;
}

std::string expectation(const SettingSpec& spec) {
  switch (spec.type) {
    case SettingType::kBool:
      return "true or false";
    case SettingType::kInteger:
      return "an integer" + allowedRange(spec);
    case SettingType::kReal:
      return "a finite number" + allowedRange(spec);
    case SettingType::kString:
      return "text (in quotes if it looks like a number)";
    case SettingType::kChoice:
      return "one of " + joinStrings(spec.choices, ", ");
    case SettingType::kStringList: {
      std::vector<std::string> names;
      for (const auto& preset : spec.presets) {
        names.push_back(preset.first);
      }
      return names.empty() ? "a list of texts"
                           : "a list of texts, or one of " + joinStrings(names, ", ");
    }
    case SettingType::kPath:
      return spec.choices.empty() ? "a path" : "a path, or " + joinStrings(spec.choices, ", ");
  }
  return {};
}

Failure<SettingError> refuse(const SettingSpec& spec, const Json& value) {
  return failWith(SettingError{
      spec.key,
      fmt::format("{} is {}; it must be {}", spec.key, shownValue(value), expectation(spec))});
}

bool isInRange(const SettingSpec& spec, double value) {
  if (spec.minimum &&
      (value < *spec.minimum || (spec.is_minimum_exclusive && value == *spec.minimum))) {
    return false;
  }
  return !spec.maximum || value <= *spec.maximum;
}

Result<Json, SettingError> checkInteger(const SettingSpec& spec, const Json& value) {
  std::int64_t integer = 0;
  if (value.is_number_unsigned()) {
    const auto large = value.get<std::uint64_t>();
    if (large > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      return refuse(spec, value);
    }
    integer = static_cast<std::int64_t>(large);
  } else if (value.is_number_integer()) {
    integer = value.get<std::int64_t>();
  } else if (value.is_number_float()) {
    const auto real = value.get<double>();  // 1e3 is how people write a thousand steps
    if (!(std::abs(real) <= kLargestExactInteger) || std::trunc(real) != real) {
      return refuse(spec, value);
    }
    integer = static_cast<std::int64_t>(real);
  } else {
    return refuse(spec, value);
  }
  if (!isInRange(spec, static_cast<double>(integer))) {
    return refuse(spec, value);
  }
  return Json(integer);
}

Result<Json, SettingError> checkReal(const SettingSpec& spec, const Json& value) {
  if (!value.is_number()) {
    return refuse(spec, value);
  }
  const auto real = value.get<double>();
  if (!std::isfinite(real) || !isInRange(spec, real)) {
    return refuse(spec, value);
  }
  return Json(real);
}

Result<Json, SettingError> checkChoice(const SettingSpec& spec, const Json& value) {
  if (!value.is_string()) {
    return refuse(spec, value);
  }
  const auto& text = value.get_ref<const std::string&>();
  if (std::find(spec.choices.begin(), spec.choices.end(), text) != spec.choices.end()) {
    return value;
  }
  auto error = refuse(spec, value);
  if (const auto nearest = nearestName(text, spec.choices)) {
    error.value().message += fmt::format("; did you mean {}?", *nearest);
  }
  return error;
}

Result<Json, SettingError> checkStringList(const SettingSpec& spec, const Json& value) {
  const Json items = value.is_array() ? value : Json::array({value});
  Json list = Json::array();
  for (const Json& item : items) {
    if (!item.is_string()) {
      return refuse(spec, value);
    }
    const auto preset = spec.presets.find(item.get_ref<const std::string&>());
    if (preset == spec.presets.end()) {
      list.push_back(item);
    } else {
      list.insert(list.end(), preset->second.begin(), preset->second.end());
    }
  }
  return list;
}

/// "train.epochs" for the shorthand "train"; null when there is none.
const SettingSpec* findShorthand(const Catalogue& catalogue, std::string_view group) {
  for (const SettingSpec& spec : catalogue.settings) {
    const bool is_child = spec.key.size() > group.size() && spec.key.starts_with(group) &&
                          spec.key[group.size()] == '.' &&
                          spec.key.find('.', group.size() + 1) == std::string::npos;
    if (spec.is_shorthand && is_child) {
      return &spec;
    }
  }
  return nullptr;
}

std::vector<std::string> keysBelow(const Catalogue& catalogue, const std::string& group) {
  std::vector<std::string> keys;
  for (const SettingSpec& spec : catalogue.settings) {
    if (spec.key.starts_with(group + ".")) {
      keys.push_back(spec.key);
    }
  }
  return keys;
}

SettingError unknownSetting(const Catalogue& catalogue, const std::string& key) {
  const std::vector<std::string> below = keysBelow(catalogue, key);
  if (!below.empty()) {
    const std::size_t shown = std::min<std::size_t>(below.size(), 4);
    return {
        key,
        fmt::format("{} is a group of settings, not a setting; it holds {}{}",
                    key,
                    joinStrings({below.begin(), below.begin() + static_cast<long>(shown)}, ", "),
                    below.size() > shown ? ", …" : "")};
  }
  std::vector<std::string> names;
  for (const SettingSpec& spec : catalogue.settings) {
    names.push_back(spec.key);
    if (spec.is_shorthand) {
      names.push_back(spec.key.substr(0, spec.key.rfind('.')));
    }
  }
  const auto nearest = nearestName(key, names);
  return {key,
          fmt::format("unknown setting {}{}",
                      key,
                      nearest ? fmt::format("; did you mean {}?", *nearest)
                              : "; 'retort catalog' lists all settings")};
}

/// Finds each given key's declaration and checks its value.
std::map<std::string, GivenValue> checkGiven(const Catalogue& catalogue,
                                             const SettingIndex& index,
                                             const SettingValues& given,
                                             std::vector<SettingError>& errors) {
  std::map<std::string, GivenValue> checked;
  for (const auto& [key, value] : given) {
    const SettingSpec* spec = index.find(key);
    if (spec == nullptr && !value.is_object()) {
      spec = findShorthand(catalogue, key);
    }
    if (spec == nullptr) {
      errors.push_back(unknownSetting(catalogue, key));
      continue;
    }
    if (value.is_null() && spec->default_value.is_null() && !spec->is_required) {
      continue;  // "no value" is what this setting has anyway
    }
    Result<Json, SettingError> canonical = checkSettingValue(*spec, value);
    if (!canonical) {
      errors.push_back({key, canonical.error().message});
      continue;
    }
    const auto [entry, is_new] = checked.try_emplace(spec->key, GivenValue{key, *canonical});
    if (!is_new && entry->second.value != *canonical) {
      errors.push_back(
          {key,
           fmt::format(
               "{} and {} set the same thing to different values", entry->second.given_key, key)});
    }
  }
  return checked;
}

std::string conditionText(const SettingSpec& spec) {
  std::vector<std::string> parts;
  for (const SettingCondition& condition : spec.when) {
    std::vector<std::string> values;
    const bool is_positive = !condition.any_of.empty();
    for (const Json& value : is_positive ? condition.any_of : condition.none_of) {
      values.push_back(value.is_string() ? value.get<std::string>() : shownValue(value));
    }
    parts.push_back(fmt::format(
        "{} is {}{}", condition.key, is_positive ? "" : "not ", joinStrings(values, " or ")));
  }
  return parts.empty() ? "" : " when " + joinStrings(parts, " and ");
}

}  // namespace

Result<Json, SettingError> checkSettingValue(const SettingSpec& spec, const Json& value) {
  switch (spec.type) {
    case SettingType::kBool:
      break;
    case SettingType::kInteger:
      return checkInteger(spec, value);
    case SettingType::kReal:
      return checkReal(spec, value);
    case SettingType::kString:
      if (value.is_string()) {
        return value;
      }
      return refuse(spec, value);
    case SettingType::kChoice:
      return checkChoice(spec, value);
    case SettingType::kStringList:
      return checkStringList(spec, value);
    case SettingType::kPath: {
      const bool is_path = value.is_string() && !value.get_ref<const std::string&>().empty() &&
                           value.get_ref<const std::string&>().find('\0') == std::string::npos;
      if (is_path) {
        return value;
      }
      return refuse(spec, value);
    }
  }
  if (value.is_boolean()) {
    return value;
  }
  return refuse(spec, value);
}

SettingValues presetDefaults(const Catalogue& catalogue, const SettingValues& given) {
  const SettingIndex index(catalogue);
  if (index.presets().empty()) {
    return {};
  }
  std::vector<SettingError> errors;
  const std::map<std::string, GivenValue> checked = checkGiven(catalogue, index, given, errors);
  EffectiveValues effective(index, checked);
  SettingValues defaults;
  for (const Preset& preset : index.presets()) {
    for (const auto& [key, value] : preset.settings) {
      const Json* chosen = checked.contains(key) ? nullptr : effective.presetValueOf(key);
      if (chosen != nullptr) {
        defaults[key] = *chosen;
      }
    }
  }
  return defaults;
}

Result<ResolvedSettings, std::vector<SettingError>> resolveSettings(const Catalogue& catalogue,
                                                                    const SettingValues& given) {
  const SettingIndex index(catalogue);
  std::vector<SettingError> errors;
  const std::map<std::string, GivenValue> checked = checkGiven(catalogue, index, given, errors);
  // A key whose value is wrong was given all the same: it is not also missing.
  std::set<std::string> wrong;
  for (const SettingError& error : errors) {
    const SettingSpec* spec = catalogue.findSetting(error.key);
    spec = spec != nullptr ? spec : findShorthand(catalogue, error.key);
    wrong.insert(spec != nullptr ? spec->key : error.key);
  }
  ResolvedSettings resolved;
  EffectiveValues effective(index, checked);
  for (const SettingSpec& spec : catalogue.settings) {
    const bool is_given = checked.contains(spec.key);
    if (!effective.applies(spec)) {
      if (is_given) {
        resolved.not_applicable.push_back(spec.key);
      }
      continue;
    }
    Json value = effective.valueOf(spec);
    if (!value.is_null()) {
      resolved.values.emplace(spec.key, std::move(value));
    } else if (spec.is_required && !wrong.contains(spec.key)) {
      errors.push_back({spec.key,
                        fmt::format("{} is missing: {} is required{}",
                                    spec.key,
                                    expectation(spec),
                                    conditionText(spec))});
    }
  }
  if (!errors.empty()) {
    return failWith(std::move(errors));
  }
  return resolved;
}

Json nestSettings(const SettingValues& values) {
  Json tree = Json::object();
  for (const auto& [key, value] : values) {
    Json* node = &tree;
    std::string_view rest = key;
    // A key below one that already holds a value stays dotted, so that nothing is lost.
    for (std::size_t dot = rest.find('.'); dot != std::string_view::npos; dot = rest.find('.')) {
      Json& child = (*node)[std::string(rest.substr(0, dot))];
      if (!child.is_null() && !child.is_object()) {
        break;
      }
      if (child.is_null()) {
        child = Json::object();
      }
      node = &child;
      rest.remove_prefix(dot + 1);
    }
    (*node)[std::string(rest)] = value;
  }
  return tree;
}

SettingValues flattenSettings(const Json& tree) {
  SettingValues values;
  if (!tree.is_object()) {
    return values;
  }
  for (const auto& [key, child] : tree.items()) {
    if (!child.is_object()) {
      values[key] = child;
      continue;
    }
    for (auto& [rest, value] : flattenSettings(child)) {
      values[key + "." + rest] = value;
    }
  }
  return values;
}

}  // namespace retort
