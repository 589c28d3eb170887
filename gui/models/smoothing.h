#pragma once

#include "gui/models/series_data.h"
#include "gui/models/work_room.h"

#include <memory>

namespace retort::gui {

/// The exponential average of a curve, weighted by distance:
///   s(x_n) = sum_i w_i y_i / sum_i w_i,   w_i = 2^(-(x_n - x_i) / half_life),   i <= n
/// so that unevenly spaced points count by how long ago they were, a constant stays what it is, and
/// the first values are not drawn towards 0. Values that are not finite take no part; the average
/// is NaN at their x, and goes on after them. Grows with its curve: only new samples are looked at.
class SmoothedSeries {
 public:
  /// `half_life` in units of x, above 0.
  explicit SmoothedSeries(double half_life) : half_life_(half_life) {}

  /// Takes in what was appended to `raw` since the last call, or all of it after a `clear`, as far
  /// as there is room; true when that was all. Always the same curve.
  bool update(const SeriesData& raw, WorkRoom& room);

  [[nodiscard]] std::shared_ptr<const SeriesData> data() const { return data_; }

  [[nodiscard]] double halfLife() const { return half_life_; }

 private:
  double half_life_;
  std::int64_t generation_ = 0;
  double weighted_sum_ = 0;
  double weight_ = 0;
  double last_x_ = 0;
  std::shared_ptr<SeriesData> data_ = std::make_shared<SeriesData>();
};

}  // namespace retort::gui
