#include "experiments/grid_reader.h"

#include "core/base/text.h"
#include "experiments/axis_reader.h"
#include "experiments/file_part.h"
#include "experiments/settings_reader.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace retort::experiments {

namespace {

class GridReader {
 public:
  GridReader(const YamlNode& root, ExperimentDocument& document, DiagnosticSink& sink)
      : root_(root),
        document_(document),
        sink_(sink) {}

  void read() {
    // Axes stand in the order of the file, whether grid or zip comes first.
    for (const YamlEntry& entry : root_.entries) {
      if (entry.key == "grid") {
        readGrid();
      } else if (entry.key == "zip") {
        readZip();
      }
    }
    checkAxes();
    readWhen();
    readExclude();
    readInclude();
    if (const YamlNode* node = root_.find("baseline"); node != nullptr && !node->isNull()) {
      document_.baseline = readMatch(*node, "baseline");
    }
    pinOverriddenAxes();
  }

 private:
  void readGrid() {
    if (const YamlNode* grid = mapPart(root_, "grid", sink_)) {
      for (const YamlEntry& entry : grid->entries) {
        document_.groups.push_back({{readAxis(entry, sink_)}, {}});
      }
    }
  }

  void readZip() {
    const YamlNode* zip = listPart(root_, "zip", sink_);
    if (zip == nullptr) {
      return;
    }
    for (const YamlNode& item : zip->items) {
      if (!item.isMap() || item.entries.empty()) {
        sink_.report(item.place,
                     "zip",
                     fmt::format("zip: expected a map of axes, found {}", item.description()));
        continue;
      }
      AxisGroup group;
      for (const YamlEntry& entry : item.entries) {
        group.axes.push_back(readAxis(entry, sink_));
        const Axis& axis = group.axes.back();
        if (axis.values.size() != group.size()) {
          sink_.report(axis.place,
                       axis.key,
                       fmt::format("zip: {} has {} values, but {} has {}; lists that advance "
                                   "together are equally long",
                                   axis.key,
                                   axis.values.size(),
                                   group.axes.front().key,
                                   group.size()));
        }
      }
      document_.groups.push_back(std::move(group));
    }
  }

  /// Axes are named once, and none sets what another one sets. Unusable groups leave.
  void checkAxes() {
    std::map<std::string, Place> seen;
    for (const AxisGroup& group : document_.groups) {
      for (const Axis& axis : group.axes) {
        const auto [before, is_new] = seen.emplace(axis.key, axis.place);
        if (!is_new) {
          sink_.report(axis.place,
                       axis.key,
                       fmt::format("{} is an axis twice (line {} and {})",
                                   axis.key,
                                   before->second.line,
                                   axis.place.line));
        }
      }
    }
    const auto is_uneven = [](const AxisGroup& group) {
      return std::any_of(group.axes.begin(), group.axes.end(), [&](const Axis& axis) {
        return axis.values.empty() || axis.values.size() != group.size();
      });
    };
    document_.groups.erase(
        std::remove_if(document_.groups.begin(), document_.groups.end(), is_uneven),
        document_.groups.end());
  }

  AxisGroup* groupOf(const std::string& axis_key) {
    for (AxisGroup& group : document_.groups) {
      for (const Axis& axis : group.axes) {
        if (axis.key == axis_key) {
          return &group;
        }
      }
    }
    return nullptr;
  }

  void reportUnknownAxis(const Place& place, const char* part, const std::string& key) {
    const std::vector<std::string> keys = document_.axisKeys();
    const auto nearest = nearestName(key, keys);
    sink_.report(place,
                 part,
                 fmt::format("{}: {} is not an axis of the grid{}",
                             part,
                             key,
                             nearest        ? fmt::format("; did you mean {}?", *nearest)
                             : keys.empty() ? "; there is no grid"
                                            : "; the axes are " + joinStrings(keys, ", ")));
  }

  void readWhen() {
    const YamlNode* when = mapPart(root_, "when", sink_);
    if (when == nullptr) {
      return;
    }
    for (const YamlEntry& entry : when->entries) {
      AxisGroup* group = groupOf(entry.key);
      if (group == nullptr) {
        reportUnknownAxis(entry.place, "when", entry.key);
        continue;
      }
      if (!entry.value.isMap() || entry.value.entries.empty()) {
        sink_.report(entry.value.place,
                     "when",
                     fmt::format("when: expected {}: {{other.key: value}}, found {}",
                                 entry.key,
                                 entry.value.description()));
        continue;
      }
      for (const YamlEntry& condition : entry.value.entries) {
        readCondition(entry.key, condition, *group);
      }
    }
  }

  void readCondition(const std::string& axis_key, const YamlEntry& entry, AxisGroup& group) {
    const bool is_own = std::any_of(group.axes.begin(), group.axes.end(), [&](const Axis& axis) {
      return axis.key == entry.key;
    });
    if (is_own) {
      sink_.report(
          entry.place, "when", fmt::format("when: the axis {} cannot depend on itself", axis_key));
      return;
    }
    AxisCondition condition;
    condition.key = entry.key;
    condition.place = entry.place;
    condition.values = readChoice(entry, "when");
    if (!condition.values.empty()) {
      group.when.push_back(std::move(condition));
    }
  }

  /// One value or a list of values; values that an axis of this name does not have are reported.
  std::vector<Json> readChoice(const YamlEntry& entry, const char* part) {
    std::vector<Json> values;
    const Axis* axis = document_.findAxis(entry.key);
    const auto add = [&](const YamlNode& node) {
      // A label is compared as it is spelled: 1e-3 means the value that was written 1e-3.
      const Json value = axis != nullptr && node.isScalar() && !node.spelling.empty() &&
                                 !node.isText() && hasLabel(*axis, node.spelling)
                             ? Json(node.spelling)
                             : toJson(node);
      if (node.isMap()) {
        sink_.report(node.place,
                     part,
                     fmt::format("{}: expected a value of {}, found a map", part, entry.key));
      } else if (axis != nullptr && !hasMeaning(*axis, value)) {
        reportUnknownValue(node, part, *axis);
      } else {
        values.push_back(value);
      }
    };
    const bool is_whole_list =
        axis != nullptr && entry.value.isList() && hasMeaning(*axis, toJson(entry.value));
    if (entry.value.isList() && !is_whole_list) {
      for (const YamlNode& item : entry.value.items) {
        add(item);
      }
    } else {
      add(entry.value);
    }
    return values;
  }

  static bool hasLabel(const Axis& axis, const std::string& label) {
    return std::any_of(axis.values.begin(), axis.values.end(), [&](const AxisValue& value) {
      return value.label == label;
    });
  }

  static bool hasMeaning(const Axis& axis, const Json& wanted) {
    return wanted == "-" ||
           std::any_of(axis.values.begin(), axis.values.end(), [&](const AxisValue& value) {
             return isMeant(axis, value, wanted);
           });
  }

  void reportUnknownValue(const YamlNode& node, const char* part, const Axis& axis) {
    std::vector<std::string> labels;
    for (const AxisValue& value : axis.values) {
      labels.push_back(value.label);
    }
    const auto nearest = nearestName(labelOf(node), labels);
    constexpr std::size_t kShown = 12;
    const bool is_long = labels.size() > kShown;
    labels.resize(std::min(labels.size(), kShown));
    sink_.report(node.place,
                 part,
                 fmt::format("{}: {} has no value {}; {}",
                             part,
                             axis.key,
                             labelOf(node),
                             nearest ? fmt::format("did you mean {}?", *nearest)
                                     : fmt::format("its values are {}{}",
                                                   joinStrings(labels, ", "),
                                                   is_long ? ", …" : "")));
  }

  CellMatch readMatch(const YamlNode& node, const char* part) {
    CellMatch match;
    match.place = node.place;
    if (!node.isMap() || node.entries.empty()) {
      sink_.report(
          node.place,
          part,
          fmt::format("{}: expected a map axis: value, found {}", part, node.description()));
      return match;
    }
    for (const YamlEntry& entry : node.entries) {
      if (document_.findAxis(entry.key) == nullptr) {
        reportUnknownAxis(entry.place, part, entry.key);
        continue;
      }
      match.choices.push_back({entry.key, readChoice(entry, part), entry.place});
    }
    return match;
  }

  /// --set of an axis' key leaves the axis this one value, so that labels and baseline keep their
  /// meaning.
  void pinOverriddenAxes() {
    for (AxisGroup& group : document_.groups) {
      for (Axis& axis : group.axes) {
        const auto found = document_.overrides.find(axis.key);
        if (found == document_.overrides.end()) {
          continue;
        }
        AxisValue pinned;
        pinned.label = labelOf(found->second.value);
        pinned.settings[axis.key] = found->second;
        pinned.place = found->second.place;
        for (const AxisValue& value : axis.values) {
          if (isMeant(axis, value, found->second.value) || value.label == pinned.label) {
            pinned = value;
          }
        }
        document_.overrides.erase(found);
        document_.is_pinned = true;
        for (IncludedRun& run : document_.include) {
          run.settings.insert_or_assign(axis.key, pinned.settings[axis.key]);
          if (run.labels.contains(axis.key)) {
            run.labels[axis.key] = pinned.label;
          }
        }
        pin(group, axis, pinned);
      }
    }
  }

  /// In a zip group the other axes keep the value that belongs to it; a new value has none to go
  /// with.
  void pin(AxisGroup& group, Axis& axis, const AxisValue& pinned) {
    const auto found =
        std::find_if(axis.values.begin(), axis.values.end(), [&](const AxisValue& value) {
          return value.label == pinned.label;
        });
    if (group.axes.size() == 1) {
      axis.values = {pinned};
      return;
    }
    if (found == axis.values.end()) {
      sink_.report(
          pinned.place,
          axis.key,
          fmt::format(
              "{} advances with other axes (zip) and has no value {}", axis.key, pinned.label));
      return;
    }
    const auto index = found - axis.values.begin();
    for (Axis& other : group.axes) {
      other.values = {other.values[static_cast<std::size_t>(index)]};
    }
  }

  void readExclude() {
    if (const YamlNode* exclude = listPart(root_, "exclude", sink_)) {
      for (const YamlNode& item : exclude->items) {
        document_.exclude.push_back(readMatch(item, "exclude"));
      }
    }
  }

  void readInclude() {
    const YamlNode* include = listPart(root_, "include", sink_);
    if (include == nullptr) {
      return;
    }
    for (const YamlNode& item : include->items) {
      if (!item.isMap()) {
        sink_.report(
            item.place,
            "include",
            fmt::format("include: expected a map of settings, found {}", item.description()));
        continue;
      }
      IncludedRun run;
      run.place = item.place;
      YamlNode others = item;
      others.entries.clear();
      for (const YamlEntry& entry : item.entries) {
        const Axis* axis = document_.findAxis(entry.key);
        const bool is_value = axis != nullptr && !entry.value.isMap();
        if (is_value) {
          includeAxisValue(*axis, entry, run);
        } else {
          others.entries.push_back(entry);
        }
      }
      for (auto& [key, setting] : readSettings(others, "", sink_)) {
        run.settings.insert_or_assign(key, setting);
      }
      document_.include.push_back(std::move(run));
    }
  }

  void includeAxisValue(const Axis& axis, const YamlEntry& entry, IncludedRun& run) {
    const Json wanted = toJson(entry.value);
    const auto found =
        std::find_if(axis.values.begin(), axis.values.end(), [&](const AxisValue& value) {
          return value.label == entry.value.spelling || isMeant(axis, value, wanted);
        });
    AxisValue value;
    if (found != axis.values.end()) {
      value = *found;
    } else if (!readAxisValue(axis.key, entry.value, value, sink_)) {
      return;
    }
    run.labels[axis.key] = value.label;
    run.settings.insert(value.settings.begin(), value.settings.end());
  }

  const YamlNode& root_;
  ExperimentDocument& document_;
  DiagnosticSink& sink_;
};

}  // namespace

void readGridParts(const YamlNode& root, ExperimentDocument& document, DiagnosticSink& sink) {
  GridReader(root, document, sink).read();
}

}  // namespace retort::experiments
