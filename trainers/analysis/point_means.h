#pragma once

#include "core/base/json.h"
#include "core/events/event.h"

#include <cstddef>
#include <map>
#include <vector>

namespace retort::train {

/// Means of metrics over batches of different sizes.
class PointMeans {
 public:
  /// One batch's points, with its number of rows.
  void add(const std::vector<MetricPoint>& points, double rows);

  /// sum_b rows_b value_b / sum_b rows_b for each series, over the batches that have it, in the
  /// order in which the series first came.
  [[nodiscard]] std::vector<MetricPoint> means() const;

  /// [{metric, layer?, head?, projection?, component?, mean, minimum, maximum, values: [one per
  /// batch]}] with the given means. Numbers that are not finite as loop_state.h writes them.
  [[nodiscard]] Json toJson(const std::vector<MetricPoint>& means) const;

 private:
  struct Values {
    double weighted_sum = 0;
    double rows = 0;
    std::vector<double> values;
  };

  std::vector<SeriesKey> order_;
  std::map<SeriesKey, Values> series_;
};

}  // namespace retort::train
