#include "core/settings/catalogue.h"

#include "core/settings/catalogue_check.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace retort {

namespace {

constexpr std::array<std::pair<SettingType, std::string_view>, 7> kTypeNames = {{
    {SettingType::kBool, "boolean"},
    {SettingType::kInteger, "integer"},
    {SettingType::kReal, "real"},
    {SettingType::kString, "string"},
    {SettingType::kChoice, "choice"},
    {SettingType::kStringList, "string list"},
    {SettingType::kPath, "path"},
}};

constexpr std::array<std::string_view, 4> kDimensions = {
    "layer", "head", "projection", "component"};

/// What breaks the contract; turned into a kProtocol Error by catalogueFromJson.
using Problem = std::string;

/// Reads the fields of one JSON object and remembers the first problem, so that the readers below
/// stay flat.
class FieldReader {
 public:
  FieldReader(const Json& object, std::string where) : object_(object), where_(std::move(where)) {
    if (!object.is_object()) {
      report("is not an object");
    }
  }

  template <class Value>
  void optional(const char* name, Value& value) {
    if (!problem_.empty() || !object_.contains(name)) {
      return;
    }
    try {
      if (!hasType<Value>(object_.at(name))) {
        report(fmt::format("'{}' has the wrong type", name));
        return;
      }
      object_.at(name).get_to(value);
    } catch (const Json::exception&) {
      report(fmt::format("'{}' has the wrong type", name));
    }
  }

  template <class Value>
  void required(const char* name, Value& value) {
    if (problem_.empty() && !object_.contains(name)) {
      report(fmt::format("'{}' is missing", name));
    }
    optional(name, value);
  }

  void optional(const char* name, std::optional<double>& value) {
    if (problem_.empty() && object_.contains(name)) {
      double number = 0;
      optional(name, number);
      value = number;
    }
  }

  [[nodiscard]] Json list(const char* name) {
    if (!problem_.empty() || !object_.contains(name)) {
      return Json::array();
    }
    if (!object_.at(name).is_array()) {
      report(fmt::format("'{}' is not a list", name));
      return Json::array();
    }
    return object_.at(name);
  }

  void report(const std::string& what) {
    if (problem_.empty()) {
      problem_ = where_ + ": " + what;
    }
  }

  [[nodiscard]] const Problem& problem() const { return problem_; }

 private:
  /// nlohmann converts between numbers and booleans silently.
  template <class Value>
  static bool hasType(const Json& json) {
    if constexpr (std::is_same_v<Value, bool>) {
      return json.is_boolean();
    } else if constexpr (std::is_arithmetic_v<Value>) {
      return json.is_number();
    } else {
      return true;
    }
  }

  const Json& object_;
  std::string where_;
  Problem problem_;
};

Json toJson(const SettingCondition& condition) {
  Json json = {{"key", condition.key}};
  if (!condition.any_of.empty()) {
    json["any_of"] = condition.any_of;
  }
  if (!condition.none_of.empty()) {
    json["none_of"] = condition.none_of;
  }
  return json;
}

/// Only what differs from the default is written: the catalogue is also read by people.
Json toJson(const SettingSpec& spec) {
  Json json = {{"key", spec.key},
               {"type", settingTypeName(spec.type)},
               {"documentation", spec.documentation}};
  const auto add = [&](const char* name, const auto& value, bool is_given) {
    if (is_given) {
      json[name] = value;
    }
  };
  add("default", spec.default_value, !spec.default_value.is_null());
  add("required", spec.is_required, spec.is_required);
  add("unit", spec.unit, !spec.unit.empty());
  add("minimum", spec.minimum.value_or(0), spec.minimum.has_value());
  add("maximum", spec.maximum.value_or(0), spec.maximum.has_value());
  add("minimum_exclusive", true, spec.is_minimum_exclusive);
  add("choices", spec.choices, !spec.choices.empty());
  add("presets", spec.presets, !spec.presets.empty());
  add("shorthand", true, spec.is_shorthand);
  add("affects_result", false, !spec.affects_result);
  add("seed", true, spec.is_seed);
  for (const SettingCondition& condition : spec.when) {
    json["when"].push_back(toJson(condition));
  }
  return json;
}

Json toJson(const MetricSpec& spec) {
  return {{"name", spec.name},
          {"dimensions", spec.dimensions},
          {"unit", spec.unit},
          {"better", spec.better},
          {"documentation", spec.documentation},
          {"formula", spec.formula},
          {"source", spec.source},
          {"deterministic", spec.is_deterministic},
          {"combine", combinationName(spec.combine)}};
}

Json toJson(const TechniqueSpec& spec) {
  return {{"kind", spec.kind},
          {"name", spec.name},
          {"documentation", spec.documentation},
          {"formula", spec.formula},
          {"source", spec.source},
          {"settings", spec.settings}};
}

Problem readCondition(const Json& json, const std::string& where, SettingCondition& condition) {
  FieldReader reader(json, where);
  reader.required("key", condition.key);
  reader.optional("any_of", condition.any_of);
  reader.optional("none_of", condition.none_of);
  return reader.problem();
}

Problem readSetting(const Json& json, const std::string& place, SettingSpec& spec) {
  FieldReader reader(json, place);
  std::string type;
  reader.required("key", spec.key);
  reader.required("type", type);
  reader.optional("default", spec.default_value);
  reader.optional("required", spec.is_required);
  reader.optional("documentation", spec.documentation);
  reader.optional("unit", spec.unit);
  reader.optional("minimum", spec.minimum);
  reader.optional("maximum", spec.maximum);
  reader.optional("minimum_exclusive", spec.is_minimum_exclusive);
  reader.optional("choices", spec.choices);
  reader.optional("presets", spec.presets);
  reader.optional("shorthand", spec.is_shorthand);
  reader.optional("affects_result", spec.affects_result);
  reader.optional("seed", spec.is_seed);
  const auto found = std::find_if(kTypeNames.begin(), kTypeNames.end(), [&](const auto& entry) {
    return entry.second == type;
  });
  if (found == kTypeNames.end()) {
    reader.report(fmt::format("unknown type '{}'", type));
  } else {
    spec.type = found->first;
  }
  const std::string where = fmt::format("{} ({}): when", place, spec.key);
  for (const Json& condition : reader.list("when")) {
    if (const Problem problem = readCondition(condition, where, spec.when.emplace_back());
        !problem.empty()) {
      return problem;
    }
  }
  return reader.problem();
}

Problem readMetric(const Json& json, const std::string& place, MetricSpec& spec) {
  FieldReader reader(json, place);
  reader.required("name", spec.name);
  reader.optional("dimensions", spec.dimensions);
  reader.optional("unit", spec.unit);
  reader.optional("better", spec.better);
  reader.optional("documentation", spec.documentation);
  reader.optional("formula", spec.formula);
  reader.optional("source", spec.source);
  reader.optional("deterministic", spec.is_deterministic);
  std::string combine(combinationName(spec.combine));
  reader.optional("combine", combine);
  if (!parseCombination(combine, spec.combine)) {
    reader.report(
        fmt::format("'combine' is '{}', not mean, root_of_squares, sum, max or min", combine));
  }
  for (const std::string& dimension : spec.dimensions) {
    if (std::find(kDimensions.begin(), kDimensions.end(), dimension) == kDimensions.end()) {
      reader.report(fmt::format("unknown dimension '{}'", dimension));
    }
  }
  if (spec.better != "max" && spec.better != "min" && !spec.better.empty()) {
    reader.report(fmt::format("'better' is '{}', not max, min or empty", spec.better));
  }
  return reader.problem();
}

Problem readTechnique(const Json& json, const std::string& place, TechniqueSpec& spec) {
  FieldReader reader(json, place);
  reader.required("kind", spec.kind);
  reader.required("name", spec.name);
  reader.optional("documentation", spec.documentation);
  reader.optional("formula", spec.formula);
  reader.optional("source", spec.source);
  reader.optional("settings", spec.settings);
  return reader.problem();
}

template <class Spec>
Problem readList(FieldReader& reader,
                 const char* name,
                 Problem (*read)(const Json&, const std::string&, Spec&),
                 std::vector<Spec>& specs) {
  const Json list = reader.list(name);
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (Problem problem = read(list[i], fmt::format("{}[{}]", name, i), specs.emplace_back());
        !problem.empty()) {
      return problem;
    }
  }
  return reader.problem();
}

}  // namespace

const SettingSpec* Catalogue::findSetting(std::string_view key) const {
  const auto found = std::find_if(
      settings.begin(), settings.end(), [&](const SettingSpec& spec) { return spec.key == key; });
  return found == settings.end() ? nullptr : &*found;
}

const MetricSpec* Catalogue::findMetric(std::string_view name) const {
  const auto found = std::find_if(
      metrics.begin(), metrics.end(), [&](const MetricSpec& spec) { return spec.name == name; });
  return found == metrics.end() ? nullptr : &*found;
}

const SettingSpec* Catalogue::seedSetting() const {
  const auto found = std::find_if(
      settings.begin(), settings.end(), [](const SettingSpec& spec) { return spec.is_seed; });
  return found == settings.end() ? nullptr : &*found;
}

Json toJson(const Catalogue& catalogue) {
  Json json = {{"version", Catalogue::kVersion},
               {"trainer", catalogue.trainer},
               {"release", catalogue.release},
               {"settings", Json::array()},
               {"metrics", Json::array()},
               {"techniques", Json::array()}};
  for (const SettingSpec& spec : catalogue.settings) {
    json["settings"].push_back(toJson(spec));
  }
  for (const MetricSpec& spec : catalogue.metrics) {
    json["metrics"].push_back(toJson(spec));
  }
  for (const TechniqueSpec& spec : catalogue.techniques) {
    json["techniques"].push_back(toJson(spec));
  }
  return json;
}

Result<Catalogue> catalogueFromJson(const Json& json) {
  const auto refuse = [](const Problem& problem) {
    return fail(ErrorCode::kProtocol, "trainer's catalogue: " + problem);
  };
  Catalogue catalogue;
  FieldReader reader(json, "the top");
  std::int64_t version = 0;
  reader.required("version", version);
  if (reader.problem().empty() && version != Catalogue::kVersion) {
    return refuse(fmt::format(
        "it has version {}, this program reads version {}", version, Catalogue::kVersion));
  }
  reader.required("trainer", catalogue.trainer);
  reader.required("release", catalogue.release);
  Problem problem = readList(reader, "settings", &readSetting, catalogue.settings);
  if (problem.empty()) {
    problem = readList(reader, "metrics", &readMetric, catalogue.metrics);
  }
  if (problem.empty()) {
    problem = readList(reader, "techniques", &readTechnique, catalogue.techniques);
  }
  if (problem.empty()) {
    problem = checkCatalogue(catalogue);
  }
  if (!problem.empty()) {
    return refuse(problem);
  }
  return catalogue;
}

std::string settingTypeName(SettingType type) {
  for (const auto& [known, name] : kTypeNames) {
    if (known == type) {
      return std::string(name);
    }
  }
  return "unknown";
}

}  // namespace retort
