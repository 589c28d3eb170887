#include "experiments/settings_reader.h"

#include "core/settings/setting_key.h"

#include <algorithm>

#include <fmt/format.h>

namespace retort::experiments {

namespace {

/// What stands below a setting may also be the name of a parameter (foldedLists in
/// catalogue_scope.h).
bool isName(const std::string& key) {
  return !key.empty() &&
         std::ranges::none_of(key, [](unsigned char c) { return c <= ' ' || c == 0x7F; });
}

void readInto(const YamlNode& map,
              const std::string& prefix,
              GivenSettings& settings,
              DiagnosticSink& sink) {
  for (const YamlEntry& entry : map.entries) {
    const std::string key = prefix + entry.key;
    if (!isSettingKey(entry.key) && (prefix.empty() || !isName(entry.key))) {
      sink.report(
          entry.place,
          key,
          fmt::format("'{}' is not a setting's key (lower-case words joined by dots)", entry.key));
      continue;
    }
    if (entry.value.isMap()) {
      readInto(entry.value, key + ".", settings, sink);
      continue;
    }
    const std::optional<Json> value = readSettingValue(entry.value, key, sink);
    if (!value) {
      continue;
    }
    const auto [before, is_new] = settings.emplace(key, GivenSetting{*value, entry.value.place});
    if (!is_new) {
      sink.report(entry.place,
                  key,
                  fmt::format("{} is given twice (line {} and {})",
                              key,
                              before->second.place.line,
                              entry.place.line));
    }
  }
}

}  // namespace

GivenSettings readSettings(const YamlNode& map, const std::string& prefix, DiagnosticSink& sink) {
  GivenSettings settings;
  readInto(map, prefix, settings, sink);
  return settings;
}

std::optional<Json> readSettingValue(const YamlNode& node,
                                     const std::string& key,
                                     DiagnosticSink& sink) {
  if (node.isScalar()) {
    return node.scalar;
  }
  if (node.isMap()) {
    sink.report(node.place, key, fmt::format("{}: expected a value, found a map", key));
    return std::nullopt;
  }
  Json list = Json::array();
  for (const YamlNode& item : node.items) {
    if (!item.isScalar()) {
      sink.report(
          item.place,
          key,
          fmt::format("{}: expected a value in the list, found {}", key, item.description()));
      return std::nullopt;
    }
    list.push_back(item.scalar);
  }
  return list;
}

}  // namespace retort::experiments
