#include "experiments/grid_edit.h"

#include "experiments/experiment_draft.h"
#include "experiments/grid.h"
#include "experiments/yaml_layout.h"
#include "experiments/yaml_scalar.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include <fmt/format.h>

namespace retort::experiments {

namespace {

Failure<> noAxis(const std::string& key) {
  return fail(ErrorCode::kNotFound, key + " is no axis of the grid");
}

/// What the report lists: {"report"} itself, its tables and figures.
std::vector<YamlPath> reportParts(const YamlNode& root) {
  std::vector<YamlPath> parts;
  const YamlNode* report = root.find("report");
  if (report == nullptr || !report->isMap()) {
    return parts;
  }
  parts.push_back({"report"});
  for (const char* list : {"tables", "figures"}) {
    const YamlNode* items = report->find(list);
    for (std::size_t i = 0; items != nullptr && i < items->items.size(); ++i) {
      parts.push_back({"report", list, std::to_string(i)});
    }
  }
  return parts;
}

YamlPath operator/(YamlPath path, const std::string& key) {
  path.push_back(key);
  return path;
}

/// The paths of all texts `key` in the report's lists of axes, of a list the last one first.
std::vector<YamlPath> namesInReport(const YamlNode& root, const std::string& key) {
  std::vector<YamlPath> paths;
  for (const YamlPath& part : reportParts(root)) {
    for (const char* field : {"by", "columns"}) {
      const YamlNode* axes = nodeAt(root, part / field);
      if (axes == nullptr) {
        continue;
      }
      if (axes->isText() && axes->spelling == key) {
        paths.push_back(part / field);
      }
      for (std::size_t i = axes->items.size(); i-- > 0;) {
        if (axes->items[i].isText() && axes->items[i].spelling == key) {
          paths.push_back(part / field / std::to_string(i));
        }
      }
    }
  }
  return paths;
}

/// The paths of all entries called `key` in exclude and in baselines, the last one first.
std::vector<YamlPath> mentionsOf(const YamlNode& root, const std::string& key) {
  std::vector<YamlPath> paths;
  if (nodeAt(root, {"baseline", key}) != nullptr) {
    paths.push_back({"baseline", key});
  }
  for (const YamlPath& part : reportParts(root)) {
    if (nodeAt(root, part / "baseline" / key) != nullptr) {
      paths.push_back(part / "baseline" / key);
    }
  }
  if (const YamlNode* exclude = root.find("exclude"); exclude != nullptr && exclude->isList()) {
    for (std::size_t i = exclude->items.size(); i-- > 0;) {
      if (exclude->items[i].find(key) != nullptr) {
        paths.push_back({"exclude", std::to_string(i), key});
      }
    }
  }
  return paths;
}

/// Conditions of other axes that look at this one.
std::vector<YamlPath> conditionsOn(const YamlNode& root, const std::string& key) {
  std::vector<YamlPath> paths;
  if (const YamlNode* when = root.find("when"); when != nullptr && when->isMap()) {
    for (const YamlEntry& entry : when->entries) {
      if (entry.value.isMap() && entry.value.find(key) != nullptr) {
        paths.push_back({"when", entry.key, key});
      }
    }
  }
  return paths;
}

/// Entries of single runs that give the axis one of its labels. Another value there is a setting.
std::vector<YamlPath> labelsInInclude(const YamlNode& root, const std::string& key) {
  std::vector<YamlPath> paths;
  const YamlNode* values = nodeAt(root, axisPath(root, key));
  const YamlNode* include = root.find("include");
  if (values == nullptr || include == nullptr || !include->isList()) {
    return paths;
  }
  const auto is_label = [&](const YamlNode& node) {
    return node.isScalar() &&
           (values->find(node.spelling) != nullptr ||
            std::any_of(values->items.begin(), values->items.end(), [&](const YamlNode& value) {
              return value.isScalar() && value.spelling == node.spelling;
            }));
  };
  for (std::size_t i = 0; i < include->items.size(); ++i) {
    const YamlNode* value = include->items[i].find(key);
    if (value != nullptr && is_label(*value)) {
      paths.push_back({"include", std::to_string(i), key});
    }
  }
  return paths;
}

/// Whether a comment stands right above the grid or behind its key.
bool hasComment(const YamlEditor& editor) {
  const auto& entries = editor.root().entries;
  const auto grid = std::find_if(
      entries.begin(), entries.end(), [](const YamlEntry& entry) { return entry.key == "grid"; });
  if (grid == entries.end() || grid->place.line < 1) {
    return false;
  }
  std::istringstream lines(editor.text());
  std::string above;
  std::string line;
  for (int number = 1; number <= grid->place.line; ++number) {
    above = std::exchange(line, {});
    std::getline(lines, line);
  }
  return above.starts_with('#') || line.find(" #") != std::string::npos;
}

/// A label as the axis spells it: a number without quotes.
YamlNode labelNode(const std::string& label) {
  const auto typed = typePlainScalar(label);
  YamlNode node = yamlNode(typed && typed->is_number() ? *typed : Json(label));
  node.spelling = label;
  return node;
}

}  // namespace

YamlPath axisPath(const YamlNode& root, const std::string& key) {
  if (nodeAt(root, {"grid", key}) != nullptr) {
    return {"grid", key};
  }
  if (const YamlNode* zip = root.find("zip"); zip != nullptr && zip->isList()) {
    for (std::size_t i = 0; i < zip->items.size(); ++i) {
      if (zip->items[i].find(key) != nullptr) {
        return {"zip", std::to_string(i), key};
      }
    }
  }
  return {};
}

Status setAxis(YamlEditor& editor, const std::string& key, const YamlNode& values) {
  const YamlPath path = axisPath(editor.root(), key);
  const YamlNode* grid = editor.root().find("grid");
  if (path.empty() && grid != nullptr && grid->isMap() && grid->entries.empty()) {
    return editor.setSetting({"grid"}, key, values);
  }
  return editor.set(path.empty() ? YamlPath{"grid", key} : path, values);
}

Status renameAxis(YamlEditor& editor, const std::string& key, const std::string& new_key) {
  const YamlPath path = axisPath(editor.root(), key);
  if (path.empty()) {
    return noAxis(key);
  }
  if (new_key != key && !axisPath(editor.root(), new_key).empty()) {
    return fail(ErrorCode::kInvalidConfig, new_key + " is an axis already");
  }
  std::vector<YamlPath> paths = mentionsOf(editor.root(), key);
  for (YamlPath& condition : conditionsOn(editor.root(), key)) {
    paths.push_back(std::move(condition));
  }
  for (YamlPath& included : labelsInInclude(editor.root(), key)) {
    paths.push_back(std::move(included));
  }
  if (nodeAt(editor.root(), {"when", key}) != nullptr) {
    paths.push_back({"when", key});
  }
  paths.push_back(path);
  for (const YamlPath& place : paths) {
    if (Status renamed = editor.rename(place, new_key); !renamed) {
      return renamed;
    }
  }
  for (const YamlPath& place : namesInReport(editor.root(), key)) {
    if (Status set = editor.set(place, yamlNode(new_key)); !set) {
      return set;
    }
  }
  return {};
}

Status removeAxis(YamlEditor& editor, const std::string& key) {
  const YamlPath path = axisPath(editor.root(), key);
  if (path.empty()) {
    return noAxis(key);
  }
  std::vector<YamlPath> paths = mentionsOf(editor.root(), key);
  for (YamlPath& condition : conditionsOn(editor.root(), key)) {
    paths.push_back(std::move(condition));
  }
  for (YamlPath& name : namesInReport(editor.root(), key)) {
    paths.push_back(std::move(name));
  }
  paths.push_back({"when", key});
  for (const YamlPath& place : paths) {
    if (Status removed = editor.remove(place); !removed) {
      return removed;
    }
  }
  const bool is_last = path.front() == "grid" && editor.root().find("grid")->entries.size() == 1;
  return is_last && hasComment(editor) ? editor.set({"grid"}, yamlMap({})) : editor.remove(path);
}

Status moveAxis(YamlEditor& editor, const std::string& key, int by) {
  const YamlNode* grid = editor.root().find("grid");
  if (grid == nullptr || grid->find(key) == nullptr) {
    return fail(ErrorCode::kInvalidConfig, key + " advances together with others and stays there");
  }
  const auto found = std::find_if(grid->entries.begin(),
                                  grid->entries.end(),
                                  [&](const YamlEntry& entry) { return entry.key == key; });
  const long to = (found - grid->entries.begin()) + by;
  if (to < 0 || to >= static_cast<long>(grid->entries.size())) {
    return {};
  }
  return editor.move({"grid", key}, static_cast<std::size_t>(to));
}

Status zipAxes(YamlEditor& editor, const std::vector<std::string>& keys) {
  std::vector<std::pair<std::string, YamlNode>> axes;
  for (const std::string& key : keys) {
    const YamlNode* values = nodeAt(editor.root(), {"grid", key});
    if (values == nullptr) {
      return fail(ErrorCode::kInvalidConfig, key + " advances together with others already");
    }
    axes.emplace_back(key, *values);
  }
  if (axes.size() < 2) {
    return fail(ErrorCode::kInvalidConfig, "select at least two axes that are to advance together");
  }
  for (const std::string& key : keys) {
    if (Status removed = editor.remove({"grid", key}); !removed) {
      return removed;
    }
  }
  return editor.append({"zip"}, yamlMap(std::move(axes)));
}

Status unzipAxis(YamlEditor& editor, const std::string& key) {
  YamlPath path = axisPath(editor.root(), key);
  if (path.size() != 3) {
    return fail(ErrorCode::kInvalidConfig, key + " does not advance together with others");
  }
  path.pop_back();
  const YamlNode group = *nodeAt(editor.root(), path);
  if (Status removed = editor.remove(path); !removed) {
    return removed;
  }
  for (const YamlEntry& entry : group.entries) {
    if (Status added = editor.set({"grid", entry.key}, entry.value); !added) {
      return added;
    }
  }
  return {};
}

Status setWhen(YamlEditor& editor, const std::string& key, const YamlNode& condition) {
  return condition.entries.empty() ? editor.remove({"when", key})
                                   : editor.set({"when", key}, condition);
}

YamlNode cellNode(const CellLabels& labels) {
  std::vector<std::pair<std::string, YamlNode>> entries;
  for (const auto& [axis, label] : labels) {
    entries.emplace_back(axis, labelNode(label));
  }
  return yamlMap(std::move(entries));
}

Status toggleCell(YamlEditor& editor,
                  const ExperimentDocument& document,
                  const CellLabels& labels) {
  if (labels.empty()) {
    return fail(ErrorCode::kInvalidConfig, "without a grid there is no cell to exclude");
  }
  if (const auto index = exclusionOf(document, labels)) {
    return editor.remove({"exclude", std::to_string(*index)});
  }
  return editor.append({"exclude"}, cellNode(labels));
}

}  // namespace retort::experiments
