#pragma once

#include "core/run/run_record.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// Pictures made of characters. Pure.
namespace retort::cli {

/// `width` columns filled from the left in eighths; `fraction` is clamped to [0, 1].
[[nodiscard]] std::string progressBar(double fraction, std::size_t width);

/// A curve in `width` columns, equal numbers of points in each: the largest value of each, so that
/// spikes stay visible, and "×" where one is not finite. Fewer points than columns: one column a
/// point.
[[nodiscard]] std::string sparkline(const std::vector<Point>& points, std::size_t width);

/// The colours of a heat map's cell among the 256 of terminals, readable on light and dark grounds
/// because both are set.
struct CellColor {
  int background = 0;
  int foreground = 0;

  bool operator==(const CellColor&) const = default;
};

/// `fraction` in [0, 1] from dark blue over green to yellow (near viridis). Clamped.
[[nodiscard]] CellColor heatColor(double fraction);

/// Where a value lies between the least and the greatest on a logarithmic scale; 0 for values <= 0
/// and for an empty range.
[[nodiscard]] double logFraction(double value, double least, double greatest);

/// Rows × columns of positive numbers, such as gradient norms by layer × projection. NaN: no such
/// cell.
struct HeatMap {
  std::string title;
  std::vector<std::string> row_labels;
  std::vector<std::string> column_labels;
  std::vector<std::vector<double>> values;  ///< [row][column]
};

/// A title line with the range, a line of column labels, and a line a row; at most `max_lines`
/// lines (the last then says how many rows are left out) and `width` columns. Cells hold their
/// number; with colours also a ground on a log scale, without them a shade " ░▒▓█" in front.
[[nodiscard]] std::vector<std::string> renderHeatMap(const HeatMap& map,
                                                     std::size_t width,
                                                     std::size_t max_lines,
                                                     bool has_color);

}  // namespace retort::cli
