#include "experiments/overrides.h"

#include "core/base/text.h"
#include "core/settings/setting_key.h"
#include "experiments/yaml_guard.h"
#include "experiments/yaml_reader.h"

#include <algorithm>

#include <fmt/format.h>

namespace retort::experiments {

namespace {

void setPlace(YamlNode& node, const Place& place) {
  node.place = place;
  for (YamlNode& item : node.items) {
    setPlace(item, place);
  }
  for (YamlEntry& entry : node.entries) {
    entry.place = place;
    setPlace(entry.value, place);
  }
}

std::optional<YamlNode> parseValue(const std::string& text,
                                   const Place& place,
                                   DiagnosticSink& sink) {
  const auto normalized = normalizeText(text, "");
  if (!normalized) {
    sink.report(place, "", "the value: " + normalized.error().message);
    return std::nullopt;
  }
  DiagnosticSink problems("", *normalized);
  YamlNode node = parseYaml(*normalized, problems);
  for (const Diagnostic& problem : problems.take()) {
    sink.report(place, problem.key, "the value: " + problem.message);
    return std::nullopt;
  }
  setPlace(node, place);
  return node;
}

/// Replaces the value at a dotted path of nested maps; makes the maps on the way.
void replaceAt(YamlNode& map,
               std::string_view path,
               YamlNode value,
               const Place& place,
               DiagnosticSink& sink) {
  if (map.isNull()) {
    map = YamlNode();
    map.kind = YamlNode::Kind::kMap;
    map.place = place;
  }
  if (!map.isMap()) {
    sink.report(
        place, "", fmt::format("'{}' stands below {}, not below a map", path, map.description()));
    return;
  }
  // A dotted key of the file ("quant.weight.scheme" of the grid) is found as it is written.
  if (YamlNode* found = map.find(path); found != nullptr) {
    *found = std::move(value);
    return;
  }
  for (YamlEntry& entry : map.entries) {
    if (path.starts_with(entry.key + ".")) {
      replaceAt(entry.value, path.substr(entry.key.size() + 1), std::move(value), place, sink);
      return;
    }
  }
  map.entries.push_back({std::string(path), place, std::move(value)});
}

/// `key`'s first word is a part of the file, which is made when it is not there.
void replacePart(YamlNode& file,
                 const std::string& key,
                 YamlNode value,
                 const Place& place,
                 DiagnosticSink& sink) {
  const std::size_t dot = key.find('.');
  const std::string part = key.substr(0, dot);
  YamlNode* found = file.find(part);
  if (found == nullptr) {
    file.entries.push_back({part, place, YamlNode()});
    found = &file.entries.back().value;
  }
  if (dot == std::string::npos) {
    *found = std::move(value);
  } else {
    replaceAt(*found, std::string_view(key).substr(dot + 1), std::move(value), place, sink);
  }
}

}  // namespace

YamlNode applyOverrides(const std::vector<std::string>& options,
                        const std::vector<std::string>& parts,
                        YamlNode& file,
                        DiagnosticSink& sink) {
  YamlNode settings;
  settings.kind = YamlNode::Kind::kMap;
  for (const std::string& option : options) {
    Place place;
    place.option = option.empty() ? "\"\"" : option;  // an empty one would mean a place in the file
    const std::size_t equals = option.find('=');
    const std::string key = option.substr(0, std::min(equals, option.size()));
    if (equals == std::string::npos || !isSettingKey(key) || equals + 1 == option.size()) {
      sink.report(place, key, "expected key=value (for an empty text: key='\"\"')");
      continue;
    }
    std::optional<YamlNode> value = parseValue(option.substr(equals + 1), place, sink);
    if (!value) {
      continue;
    }
    const std::string first = key.substr(0, key.find('.'));
    const bool is_part = std::find(parts.begin(), parts.end(), first) != parts.end();
    if (is_part) {
      replacePart(file, key, std::move(*value), place, sink);
    } else if (YamlNode* before = settings.find(key); before != nullptr) {
      *before = std::move(*value);  // the last of two options wins, as on any command line
    } else {
      settings.entries.push_back({key, place, std::move(*value)});
    }
  }
  return settings;
}

}  // namespace retort::experiments
