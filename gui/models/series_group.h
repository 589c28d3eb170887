#pragma once

#include "core/run/run_record.h"

#include <set>
#include <string>
#include <vector>

namespace retort::gui {

/// What becomes one curve.
enum class Grouping { kProjection, kLayer, kHead, kEach, kTogether };

/// Which curves take part; an empty set: all.
struct SeriesPick {
  std::set<int> layers;
  std::set<std::string> projections;
  std::set<int> heads;

  [[nodiscard]] bool includes(const SeriesKey& key) const;

  bool operator==(const SeriesPick&) const = default;
};

/// Curves that become one.
struct SeriesGroup {
  std::string label;  ///< "q", "layer 3", "map", "layer 3, ffn1"
  std::vector<SeriesKey> members;

  bool operator==(const SeriesGroup&) const = default;
};

/// What the curves of one metric differ in.
struct SeriesDimensions {
  std::set<int> layers;
  std::vector<std::string> projections;  ///< in the order of the keys
  std::set<int> heads;
  std::vector<std::string> components;

  bool operator==(const SeriesDimensions&) const = default;
};

[[nodiscard]] SeriesDimensions dimensionsOf(const std::vector<SeriesKey>& keys);

/// The dimensions of a curve in words: "layer 3, head 2", "q"; empty when it has none.
[[nodiscard]] std::string dimensionText(const SeriesKey& key);

/// Components, layers, heads, projections: numbers by size (2 before 10), names as they come first
/// in `keys`, which is the order in which the trainer names them (q before k).
[[nodiscard]] std::vector<SeriesKey> inNaturalOrder(const std::vector<SeriesKey>& keys);

/// The groups of the picked keys, which are of one metric, in natural order. Keys without the
/// dimension that is grouped by stand alone.
[[nodiscard]] std::vector<SeriesGroup> groupSeries(const std::vector<SeriesKey>& keys,
                                                   Grouping grouping,
                                                   const SeriesPick& pick);

}  // namespace retort::gui
