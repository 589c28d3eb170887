#pragma once

#include "experiments/diagnostic_sink.h"
#include "experiments/experiment_document.h"
#include "experiments/yaml_tree.h"

namespace retort::experiments {

/// How many values one axis may have; a range that asks for more is a mistake.
inline constexpr std::size_t kMostAxisValues = 100000;

/// Reads one axis: `key: VALUES`, where VALUES is
///   [a, b]                     scalars, or lists for a setting that is a list
///   {range: [a, b, step]}      a, a + step, … up to b, which is included when it is hit
///   {log_range: [a, b, n]}     n points from a to b in equal ratios
///   {label: value or map, …}   named values; the keys of a map are relative to `key`
/// Problems go to `sink`; the axis then has the values that could be read.
[[nodiscard]] Axis readAxis(const YamlEntry& entry, DiagnosticSink& sink);

/// The label of a value: as it is spelled, list items joined by '+', "none" for an empty list.
[[nodiscard]] std::string labelOf(const YamlNode& node);
[[nodiscard]] std::string labelOf(const Json& value);

/// Reads one value that is not named: for the list form and `include:`. False (and a report) when
/// it is a map.
[[nodiscard]] bool readAxisValue(const std::string& key,
                                 const YamlNode& node,
                                 AxisValue& value,
                                 DiagnosticSink& sink);

}  // namespace retort::experiments
