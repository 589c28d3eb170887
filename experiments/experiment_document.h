#pragma once

#include "core/base/json.h"
#include "core/run/run_record.h"
#include "experiments/diagnostic.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// The parts of an experiment file after its shape was checked and before a catalogue is known.
namespace retort::experiments {

/// A value with its place in the file.
struct GivenSetting {
  Json value;
  Place place;

  bool operator==(const GivenSetting&) const = default;
};

/// Given settings by dotted key. Values may hold `${…}` references.
using GivenSettings = std::map<std::string, GivenSetting>;

/// One value of an axis: what it sets and how people call it.
struct AxisValue {
  std::string label;
  GivenSettings settings;
  Place place;
};

struct Axis {
  std::string key;
  Place place;
  std::vector<AxisValue> values;
};

/// `key` has one of `values` (labels, if `key` is an axis; else values of the setting).
struct AxisCondition {
  std::string key;
  std::vector<Json> values;
  Place place;
};

/// One axis of the grid, or the axes of a zip group, which advance together.
struct AxisGroup {
  std::vector<Axis> axes;  ///< of equal lengths, at least one
  std::vector<AxisCondition> when;

  [[nodiscard]] std::size_t size() const { return axes.front().values.size(); }
};

/// Names cells: axis -> its admitted labels or values. A cell matches when every axis named does.
struct CellMatch {
  struct Choice {
    std::string axis;
    std::vector<Json> values;
    Place place;
  };

  std::vector<Choice> choices;
  Place place;
};

/// A single run besides the product.
struct IncludedRun {
  GivenSettings settings;
  std::map<std::string, std::string> labels;  ///< of the axes it names
  Place place;
};

/// A run that cells need as an input; expanded once for each way in which its `${…}` come out.
struct NeededRun {
  std::string name;
  GivenSettings settings;
  Place place;
};

/// A table or figure of the report, its shape checked; metrics are still to be looked up.
struct ReportPart {
  Json value;  ///< the keys as in the file; `by`, `columns` and a table's `metric` are lists
  Place place;
};

struct ReportRequest {
  std::optional<GivenSetting> metric;
  std::string better;  ///< "max", "min", or "" for what the catalogue says
  std::string at = "last";
  std::vector<GivenSetting> by;
  std::vector<ReportPart> tables;
  std::vector<ReportPart> figures;
  Place place;
};

struct ExperimentDocument {
  std::string source;  ///< the file's text with '\n' line ends, for messages
  Place trainer_place;
  Place base_place;
  GivenSettings base;
  std::vector<AxisGroup> groups;  ///< in the order of the file: the last varies fastest
  std::vector<CellMatch> exclude;
  std::vector<IncludedRun> include;
  std::vector<std::int64_t> seeds;  ///< empty: the seed is an ordinary setting
  Place seeds_place;
  std::optional<CellMatch> baseline;
  ReportRequest report;
  Json alarms = Json::array();
  Resources resources;
  int priority = 0;
  std::vector<NeededRun> needs;
  GivenSettings overrides;  ///< settings of --set: they win
  bool is_pinned = false;   ///< --set left an axis one value

  [[nodiscard]] const Axis* findAxis(std::string_view key) const;
  [[nodiscard]] std::vector<std::string> axisKeys() const;
};

/// True when an axis value is meant by `wanted`: its label, or the value that the axis' own key
/// gets.
[[nodiscard]] bool isMeant(const Axis& axis, const AxisValue& value, const Json& wanted);

}  // namespace retort::experiments
