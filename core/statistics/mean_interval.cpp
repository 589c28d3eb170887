#include "core/statistics/mean_interval.h"

#include "core/statistics/paired_difference.h"

#include <cmath>

namespace retort {

std::optional<Interval> meanInterval(const Summary& summary, double confidence) {
  if (!summary.mean || !summary.standard_deviation) {
    return std::nullopt;
  }
  const double n = static_cast<double>(summary.n);
  const double half =
      studentQuantile((1 + confidence) / 2, n - 1) * *summary.standard_deviation / std::sqrt(n);
  return Interval{*summary.mean - half, *summary.mean + half};
}

std::optional<Interval> spreadOf(const Summary& summary, Spread spread, double confidence) {
  switch (spread) {
    case Spread::kNone:
      return std::nullopt;
    case Spread::kInterval:
      return meanInterval(summary, confidence);
    case Spread::kDeviation:
      break;
  }
  if (!summary.mean || !summary.standard_deviation) {
    return std::nullopt;
  }
  return Interval{*summary.mean - *summary.standard_deviation,
                  *summary.mean + *summary.standard_deviation};
}

}  // namespace retort
