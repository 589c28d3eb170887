#pragma once

#include "core/statistics/summary.h"

#include <optional>

namespace retort {

/// What is drawn around a mean.
enum class Spread {
  kNone,
  kDeviation,  ///< one sample standard deviation to each side: where the values lie
  kInterval,   ///< Student's confidence interval: where the mean lies
};

struct Interval {
  double low = 0;
  double high = 0;

  bool operator==(const Interval&) const = default;
};

/// mean ± t(n - 1, (1 + confidence) / 2) * sd / sqrt(n); nothing for fewer than two values.
/// `confidence` in (0, 1). Source: Student 1908.
[[nodiscard]] std::optional<Interval> meanInterval(const Summary& summary,
                                                   double confidence = 0.95);

/// The spread of a kind; nothing for kNone and for fewer than two values.
[[nodiscard]] std::optional<Interval> spreadOf(const Summary& summary,
                                               Spread spread,
                                               double confidence = 0.95);

}  // namespace retort
