#pragma once

#include "core/run/run_record.h"
#include "core/statistics/mean_interval.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace retort {

/// Several curves of one kind at one step.
struct BandPoint {
  std::int64_t step = 0;
  Summary summary;  ///< over the curves that have a finite value at exactly this step
  std::optional<Interval> spread;

  bool operator==(const BandPoint&) const = default;
};

/// The mean curve with its spread, at every step that any curve has. Curves are aligned by step and
/// never interpolated; each must be in the order of its steps. A step where all values are NaN or
/// infinite stays, with n = 0: a gap.
[[nodiscard]] std::vector<BandPoint> bandOf(const std::vector<std::vector<Point>>& curves,
                                            Spread spread,
                                            double confidence = 0.95);

}  // namespace retort
