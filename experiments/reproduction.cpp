#include "experiments/reproduction.h"

#include "core/base/file.h"
#include "core/base/text.h"
#include "experiments/yaml_guard.h"
#include "experiments/yaml_reader.h"

#include <algorithm>
#include <functional>
#include <set>

#include <fmt/format.h>

namespace retort::experiments {

namespace {

/// Reads the fields of one map: each key once, unknown ones reported.
class MapReader {
 public:
  MapReader(const YamlNode& map, std::string where, DiagnosticSink& sink)
      : map_(map),
        where_(std::move(where)),
        sink_(sink) {
    if (!map.isMap()) {
      report(map.place, "expected a map, found " + map.description());
    }
  }

  ~MapReader() {
    for (const YamlEntry& entry : map_.entries) {
      if (!known_.contains(entry.key)) {
        report(entry.place,
               fmt::format("unknown key {}; known: {}",
                           entry.key,
                           joinStrings({known_.begin(), known_.end()}, ", ")));
      }
    }
  }

  MapReader(const MapReader&) = delete;
  MapReader& operator=(const MapReader&) = delete;

  const YamlNode* find(const std::string& key) {
    known_.insert(key);
    return map_.find(key);
  }

  void text(const std::string& key, std::string& value, bool is_required = true) {
    const YamlNode* node = find(key);
    if (node == nullptr) {
      if (is_required) {
        report(map_.place, key + " is missing");
      }
      return;
    }
    if (!node->isText()) {
      report(node->place, key + " must be a text, not " + node->description());
      return;
    }
    value = node->scalar.get<std::string>();
  }

  void number(const std::string& key, double& value) {
    if (const YamlNode* node = find(key)) {
      if (!node->isScalar() || !node->scalar.is_number() || node->scalar.get<double>() < 0) {
        report(node->place, key + " must be a number of at least 0, not " + node->description());
        return;
      }
      value = node->scalar.get<double>();
    }
  }

  void texts(const std::string& key, std::vector<std::string>& values) {
    each(key, [&](const YamlNode& node) {
      if (!node.isText()) {
        report(node.place, key + " must be a list of texts");
        return;
      }
      values.push_back(node.scalar.get<std::string>());
    });
  }

  void labels(const std::string& key, std::map<std::string, std::string>& values) {
    const YamlNode* node = find(key);
    if (node == nullptr) {
      return;
    }
    for (const YamlEntry& entry : node->entries) {
      if (!entry.value.isScalar()) {
        report(entry.place, key + " must be {factor: label}");
        return;
      }
      values[entry.key] = entry.value.spelling;
    }
    if (values.empty()) {
      report(node->place, key + " must be {factor: label}, not " + node->description());
    }
  }

  /// The items of a list; a missing key is an empty list.
  void each(const std::string& key, const std::function<void(const YamlNode&)>& read) {
    if (const YamlNode* node = findOf(key, &YamlNode::isList, "a list")) {
      std::for_each(node->items.begin(), node->items.end(), read);
    }
  }

  /// The entries of a map; a missing key is an empty map.
  void eachEntry(const std::string& key, const std::function<void(const YamlEntry&)>& read) {
    if (const YamlNode* node = findOf(key, &YamlNode::isMap, "a map")) {
      std::for_each(node->entries.begin(), node->entries.end(), read);
    }
  }

  void report(const Place& place, const std::string& what) {
    sink_.report(place, where_, where_.empty() ? what : where_ + ": " + what);
  }

 private:
  /// The value of a key; null when it is missing or, after a report, of another kind.
  const YamlNode* findOf(const std::string& key,
                         bool (YamlNode::*is_kind)() const,
                         const char* kind) {
    const YamlNode* node = find(key);
    if (node != nullptr && !(node->*is_kind)()) {
      report(node->place, fmt::format("{} must be {}, not {}", key, kind, node->description()));
      return nullptr;
    }
    return node;
  }

  const YamlNode& map_;
  std::string where_;
  DiagnosticSink& sink_;
  std::set<std::string> known_;
};

ReproductionGrid readGrid(const YamlNode& node, DiagnosticSink& sink) {
  ReproductionGrid grid;
  MapReader reader(node, "scales", sink);
  reader.text("grid", grid.grid);
  reader.text("title", grid.title);
  reader.number("run_seconds", grid.run_seconds);
  reader.number("needed_seconds", grid.needed_seconds);
  reader.eachEntry(
      "set", [&](const YamlEntry& entry) { grid.settings.emplace_back(entry.key, entry.value); });
  if (grid.grid.find('/') != std::string::npos) {
    reader.report(node.place, "grid names a file beside the other grids, without a folder");
  }
  return grid;
}

ReproductionScale readScale(const YamlEntry& entry, DiagnosticSink& sink) {
  ReproductionScale scale{entry.key, {}, {}, {}};
  MapReader reader(entry.value, "scales", sink);
  reader.text("about", scale.about);
  reader.texts("inputs", scale.inputs);
  reader.each("grids", [&](const YamlNode& grid) { scale.grids.push_back(readGrid(grid, sink)); });
  if (scale.grids.empty()) {
    reader.report(entry.place, fmt::format("the scale {} has no grids", entry.key));
  }
  return scale;
}

Claim readClaim(const YamlNode& node, DiagnosticSink& sink) {
  Claim claim;
  MapReader reader(node, "claims", sink);
  reader.text("name", claim.name);
  reader.text("claim", claim.sentence);
  reader.text("source", claim.source);
  reader.text("experiment", claim.experiment);
  reader.text("metric", claim.metric);
  reader.text("at", claim.at, false);
  reader.text("note", claim.note, false);
  reader.labels("value", claim.value);
  reader.labels("baseline", claim.baseline);
  reader.labels("within", claim.within);
  reader.number("margin", claim.margin);
  std::string expected;
  reader.text("expect", expected);
  claim.is_higher = expected == "higher";
  if (!claim.is_higher && expected != "lower" && !expected.empty()) {
    reader.report(node.place, "expect must be higher or lower, not " + expected);
  }
  if (claim.at != "last" && claim.at != "best") {
    reader.report(node.place, "at must be last or best, not " + claim.at);
  }
  if (claim.value.empty() || claim.baseline.empty()) {
    reader.report(node.place, "value and baseline say which runs are compared");
  }
  return claim;
}

Reproduction readRoot(const YamlNode& root, DiagnosticSink& sink) {
  Reproduction reproduction;
  MapReader reader(root, "", sink);
  reader.text("reproduction", reproduction.name);
  reader.text("title", reproduction.title);
  reader.text("source", reproduction.source);
  reader.texts("limits", reproduction.limits);
  reader.eachEntry("inputs", [&](const YamlEntry& entry) {
    ReproductionInput input{entry.key, {}, {}};
    MapReader fields(entry.value, "inputs", sink);
    fields.text("about", input.about);
    fields.text("default", input.default_path, false);
    reproduction.inputs.push_back(std::move(input));
  });
  reader.eachEntry("scales", [&](const YamlEntry& entry) {
    reproduction.scales.push_back(readScale(entry, sink));
  });
  std::set<std::string> names;
  reader.each("claims", [&](const YamlNode& node) {
    reproduction.claims.push_back(readClaim(node, sink));
    if (!names.insert(reproduction.claims.back().name).second) {
      sink.report(node.place, "claims", "claims: two have the same name");
    }
  });
  return reproduction;
}

void replaceAll(std::string& text, const std::string& what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
}

/// One line of YAML that reads back as the same value, in the same order.
std::string flowText(const YamlNode& node, const std::map<std::string, std::string>& inputs) {
  std::vector<std::string> parts;
  if (node.isMap()) {
    for (const YamlEntry& entry : node.entries) {
      parts.push_back(canonicalJson(Json(entry.key)) + ": " + flowText(entry.value, inputs));
    }
    return "{" + joinStrings(parts, ", ") + "}";
  }
  if (node.isList()) {
    for (const YamlNode& item : node.items) {
      parts.push_back(flowText(item, inputs));
    }
    return "[" + joinStrings(parts, ", ") + "]";
  }
  if (!node.isText()) {
    return node.scalar.is_null() ? "null" : node.spelling;
  }
  auto text = node.scalar.get<std::string>();
  for (const auto& [name, path] : inputs) {
    replaceAll(text, "{" + name + "}", path);
  }
  return canonicalJson(Json(text));
}

}  // namespace

const ReproductionScale* Reproduction::findScale(const std::string& scale) const {
  const auto found = std::find_if(
      scales.begin(), scales.end(), [&](const auto& known) { return known.name == scale; });
  return found == scales.end() ? nullptr : &*found;
}

DiagnosedResult<Reproduction> readReproduction(const std::filesystem::path& file) {
  const auto text = readFile(file, kLargestYamlBytes);
  if (!text) {
    Diagnostic missing;
    missing.message = text.error().message;
    return failWith(std::vector<Diagnostic>{missing});
  }
  const auto normalized = normalizeText(*text, file.string());
  if (!normalized) {
    return failWith(std::vector<Diagnostic>{normalized.error()});
  }
  DiagnosticSink sink(file.string(), *normalized);
  const YamlNode root = parseYaml(*normalized, sink);
  Reproduction reproduction;
  if (sink.isEmpty()) {
    reproduction = readRoot(root, sink);
  }
  if (!sink.isEmpty()) {
    return failWith(sink.take());
  }
  return reproduction;
}

std::vector<std::string> overridesOf(const ReproductionGrid& grid,
                                     const std::map<std::string, std::string>& inputs) {
  std::vector<std::string> overrides;
  for (const auto& [key, value] : grid.settings) {
    overrides.push_back(key + "=" + flowText(value, inputs));
  }
  return overrides;
}

}  // namespace retort::experiments
