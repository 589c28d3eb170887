#pragma once

#include "gui/models/series_data.h"

namespace retort::gui {

/// What an axis shows.
struct AxisRange {
  double lower = 0;
  double upper = 1;

  [[nodiscard]] double size() const { return upper - lower; }

  bool operator==(const AxisRange&) const = default;
};

/// Collects the drawable values that an axis has to show.
class RangeFinder {
 public:
  explicit RangeFinder(bool is_log) : is_log_(is_log) {}

  /// Values that are not drawable take no part; on a logarithmic axis none that is <= 0.
  void include(double value);
  /// The extremes of the samples with x in [x.lower, x.upper] and of their two neighbours, whose
  /// lines cross the edges.
  void includeValues(const SeriesData& data, const AxisRange& x);

  [[nodiscard]] bool isEmpty() const { return is_empty_; }

  /// From the least to the greatest value.
  [[nodiscard]] AxisRange exact() const { return range_; }

  /// With some room on both sides. A range that an axis can show whatever was found: of nothing 0
  /// to 1 (logarithmic: 0.1 to 10), of a single value some way around it.
  [[nodiscard]] AxisRange padded() const;

 private:
  [[nodiscard]] AxisRange paddedLog() const;

  bool is_log_;
  bool is_empty_ = true;
  AxisRange range_{0, 0};
};

/// The nearest range that an axis can show: finite, not turned around, not narrower than doubles
/// can tell apart; above 0 on a logarithmic axis.
[[nodiscard]] AxisRange saneRange(AxisRange range, bool is_log);

}  // namespace retort::gui
