#pragma once

#include "gui/models/decimation.h"

#include <limits>
#include <optional>
#include <vector>

namespace retort::gui {

/// What the samples of a curve are within one pixel column. NaN stands for a value that cannot be
/// drawn.
struct ColumnSpan {
  int column = 0;
  double first = 0;  ///< y of the first and of the last sample: the lines to the neighbours
  double last = 0;
  double lowest = std::numeric_limits<double>::infinity();  ///< of the drawable values
  double highest = -std::numeric_limits<double>::infinity();
  bool has_nan = false;
  bool has_above = false;  ///< as the markers of `DecimatedCurve`
  bool has_below = false;

  /// No value can be drawn.
  [[nodiscard]] bool isEmpty() const { return !(lowest <= highest); }
};

/// The columns of a view that hold samples, from left to right, and the samples beside the view.
struct ColumnSpans {
  std::vector<ColumnSpan> spans;
  std::optional<Sample> before;
  std::optional<Sample> after;
};

/// As `decimate`, for curves of many samples a column, of which only the extremes can be seen.
/// Looks at every sample where there are few, and at columns * log(samples) where there are many.
[[nodiscard]] ColumnSpans columnSpans(const SeriesData& data, const DecimationView& view);

}  // namespace retort::gui
