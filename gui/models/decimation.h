#pragma once

#include "gui/models/series_data.h"

#include <vector>

namespace retort::gui {

/// What is to be seen of a curve.
struct DecimationView {
  double x_begin = 0;
  double x_end = 1;     ///< above `x_begin`
  int columns = 1000;   ///< pixel columns between the two, at least 1
  bool is_log = false;  ///< values that are not positive cannot be shown
};

/// A curve made ready for the pixels of a view: about four samples a column at most.
struct DecimatedCurve {
  /// The line; a sample with NaN for y breaks it.
  std::vector<Sample> line;
  /// Where something is that a line cannot show; one x for each column that has any.
  std::vector<double> nan_x;
  std::vector<double> above_x;  ///< plus infinity, or beyond `kLargestDrawn`
  std::vector<double> below_x;  ///< minus infinity; on a logarithmic axis also all <= 0
};

/// Keeps the least and the greatest drawable value of every pixel column, the first and the last
/// sample of each (so that lines between columns have the right slopes), and one sample to the left
/// and right of the view. A column with few samples keeps them all. Costs columns * log(samples),
/// not samples.
[[nodiscard]] DecimatedCurve decimate(const SeriesData& data, const DecimationView& view);

}  // namespace retort::gui
