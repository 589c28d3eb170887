#include "core/statistics/summary.h"

#include <algorithm>
#include <cmath>

namespace retort {

Summary summarize(std::span<const double> values) {
  Summary summary;
  summary.n = values.size();
  if (values.empty()) {
    return summary;
  }
  const double n = static_cast<double>(values.size());
  double sum = 0;
  for (const double value : values) {
    sum += value / n;  // divided first: a sum of large values must not overflow
  }
  // The second term takes back what the first pass lost to rounding; equal values then have exactly
  // their own mean.
  double rest = 0;
  for (const double value : values) {
    rest += value - sum;
  }
  const double mean = sum + rest / n;
  summary.mean = mean;
  if (values.size() < 2) {
    return summary;
  }
  double largest = 0;
  for (const double value : values) {
    largest = std::max(largest, std::abs(value - mean));
  }
  double squares =
      0;  // in units of the largest deviation: neither tiny nor huge values leave double's range
  for (const double value : values) {
    const double share = largest > 0 ? (value - mean) / largest : 0;
    squares += share * share;
  }
  summary.standard_deviation = largest * std::sqrt(squares / (n - 1));
  return summary;
}

}  // namespace retort
