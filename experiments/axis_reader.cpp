#include "experiments/axis_reader.h"

#include "core/base/text.h"
#include "core/settings/setting_key.h"
#include "experiments/settings_reader.h"

#include <array>
#include <cmath>
#include <set>

#include <fmt/format.h>

namespace retort::experiments {

namespace {

constexpr std::size_t kLongestLabel = 100;
/// A range's end counts as hit when it is missed by rounding only: 0.1, 0.2, 0.3 ends at
/// 0.30000000000000004.
constexpr double kStepTolerance = 1e-9;

bool isLabel(std::string_view label) {
  return !label.empty() && label.size() <= kLongestLabel &&
         label.find('\n') == std::string_view::npos;
}

AxisValue numberValue(const std::string& key, double number, bool is_integer, const Place& place) {
  const Json value =
      is_integer ? Json(static_cast<std::int64_t>(std::llround(number))) : Json(number);
  AxisValue axis_value;
  axis_value.label = is_integer ? value.dump() : formatDouble(number);
  axis_value.settings[key] = {value, place};
  axis_value.place = place;
  return axis_value;
}

/// The three numbers of a range; nothing (and a report) when they are not three finite numbers.
std::optional<std::array<double, 3>> readThreeNumbers(const YamlNode& node,
                                                      const std::string& key,
                                                      const char* form,
                                                      DiagnosticSink& sink) {
  bool is_right = node.isList() && node.items.size() == 3;
  std::array<double, 3> numbers{};
  for (std::size_t i = 0; is_right && i < 3; ++i) {
    is_right = node.items[i].isScalar() && node.items[i].scalar.is_number();
    numbers[i] = is_right ? node.items[i].scalar.get<double>() : 0;
  }
  if (!is_right) {
    sink.report(node.place, key, fmt::format("{}: expected {}", key, form));
    return std::nullopt;
  }
  return numbers;
}

bool areIntegers(const YamlNode& list) {
  for (const YamlNode& item : list.items) {
    if (!item.scalar.is_number_integer()) {
      return false;
    }
  }
  return true;
}

/// Rounds a computed point to 12 digits, so that 0.1 + 2 * 0.1 becomes the 0.3 that was meant.
double rounded(double value) {
  return parseDouble(fmt::format("{:.12g}", value)).value_or(value);
}

void readRange(const std::string& key, const YamlNode& node, Axis& axis, DiagnosticSink& sink) {
  const auto numbers = readThreeNumbers(node, key, "{range: [first, last, step]}", sink);
  if (!numbers) {
    return;
  }
  const auto [first, last, step] = *numbers;
  const double steps = (last - first) / step;
  if (step == 0 || !std::isfinite(steps) || steps < 0) {
    sink.report(node.place,
                key,
                fmt::format("{}: the step does not lead from the first value to the last", key));
    return;
  }
  if (steps > static_cast<double>(kMostAxisValues)) {
    sink.report(node.place,
                key,
                fmt::format("{}: the range has more than {} values", key, kMostAxisValues));
    return;
  }
  const auto count = static_cast<std::size_t>(std::floor(steps + kStepTolerance)) + 1;
  for (std::size_t i = 0; i < count; ++i) {
    const double value = first + static_cast<double>(i) * step;
    axis.values.push_back(numberValue(
        key, areIntegers(node) ? value : rounded(value), areIntegers(node), node.place));
  }
}

void readLogRange(const std::string& key, const YamlNode& node, Axis& axis, DiagnosticSink& sink) {
  const auto numbers = readThreeNumbers(node, key, "{log_range: [first, last, count]}", sink);
  if (!numbers) {
    return;
  }
  const auto [first, last, count] = *numbers;
  const bool is_count = node.items[2].scalar.is_number_integer() && count >= 2 &&
                        count <= static_cast<double>(kMostAxisValues);
  if (first <= 0 || last <= 0 || !is_count) {
    sink.report(node.place,
                key,
                fmt::format("{}: a log_range needs two numbers above 0 and a count of 2 to {}",
                            key,
                            kMostAxisValues));
    return;
  }
  for (int i = 0; i < static_cast<int>(count); ++i) {
    const double share = i / (count - 1);
    const double value = std::exp(std::log(first) * (1 - share) + std::log(last) * share);
    // The ends are exactly what was written.
    const double exact = i == 0 ? first : i + 1 == static_cast<int>(count) ? last : rounded(value);
    axis.values.push_back(numberValue(key, exact, false, node.place));
  }
}

void readNamedValues(const std::string& key,
                     const YamlNode& map,
                     Axis& axis,
                     DiagnosticSink& sink) {
  for (const YamlEntry& entry : map.entries) {
    AxisValue& value = axis.values.emplace_back();
    value.label = entry.key;
    value.place = entry.place;
    if (entry.value.isMap()) {
      value.settings = readSettings(entry.value, key + ".", sink);
    } else if (const auto setting = readSettingValue(entry.value, key, sink)) {
      value.settings[key] = {*setting, entry.value.place};
    }
  }
}

void checkLabels(const Axis& axis, DiagnosticSink& sink) {
  std::set<std::string> labels;
  for (const AxisValue& value : axis.values) {
    if (!isLabel(value.label)) {
      sink.report(
          value.place,
          axis.key,
          fmt::format(
              "{}: a label must be one line of 1 to {} characters", axis.key, kLongestLabel));
    } else if (!labels.insert(value.label).second) {
      sink.report(value.place,
                  axis.key,
                  fmt::format("{}: the value {} is listed twice", axis.key, value.label));
    }
  }
}

}  // namespace

std::string labelOf(const YamlNode& node) {
  if (node.isScalar()) {
    return node.spelling.empty() ? (node.isNull() ? "null" : "\"\"") : node.spelling;
  }
  std::vector<std::string> parts;
  for (const YamlNode& item : node.items) {
    parts.push_back(labelOf(item));
  }
  return parts.empty() ? "none" : joinStrings(parts, "+");
}

std::string labelOf(const Json& value) {
  if (value.is_array()) {
    std::vector<std::string> parts;
    for (const Json& item : value) {
      parts.push_back(labelOf(item));
    }
    return parts.empty() ? "none" : joinStrings(parts, "+");
  }
  if (value.is_number_float()) {
    return formatDouble(value.get<double>());
  }
  return value.is_string() ? value.get<std::string>() : value.dump();
}

bool readAxisValue(const std::string& key,
                   const YamlNode& node,
                   AxisValue& value,
                   DiagnosticSink& sink) {
  const std::optional<Json> setting = readSettingValue(node, key, sink);
  if (!setting) {
    return false;
  }
  value.label = labelOf(node);
  value.settings[key] = {*setting, node.place};
  value.place = node.place;
  return true;
}

Axis readAxis(const YamlEntry& entry, DiagnosticSink& sink) {
  Axis axis;
  axis.key = entry.key;
  axis.place = entry.place;
  const YamlNode& node = entry.value;
  if (!isSettingKey(entry.key)) {
    sink.report(
        entry.place,
        entry.key,
        fmt::format("'{}' is not a setting's key (lower-case words joined by dots)", entry.key));
  }
  const bool is_single = node.isMap() && node.entries.size() == 1;
  if (node.isList()) {
    for (const YamlNode& item : node.items) {
      AxisValue value;
      if (readAxisValue(entry.key, item, value, sink)) {
        axis.values.push_back(std::move(value));
      }
    }
  } else if (is_single && node.entries[0].key == "range") {
    readRange(entry.key, node.entries[0].value, axis, sink);
  } else if (is_single && node.entries[0].key == "log_range") {
    readLogRange(entry.key, node.entries[0].value, axis, sink);
  } else if (node.isMap()) {
    readNamedValues(entry.key, node, axis, sink);
  } else {
    sink.report(node.place,
                entry.key,
                fmt::format("{}: expected a list of values, a range or named values, found {}",
                            entry.key,
                            node.description()));
    return axis;
  }
  if (axis.values.empty() && (node.items.empty() && node.entries.empty())) {
    sink.report(
        node.place, entry.key, fmt::format("{}: an axis needs at least one value", entry.key));
  }
  checkLabels(axis, sink);
  return axis;
}

}  // namespace retort::experiments
