#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace retort {

/// What a set of values (one per replication) says about its mean. Undefined numbers are absent,
/// never 0 or NaN.
struct Summary {
  std::size_t n = 0;
  std::optional<double> mean;                ///< n >= 1
  std::optional<double> standard_deviation;  ///< of the sample (divisor n - 1); n >= 2

  bool operator==(const Summary&) const = default;
};

/// Arithmetic mean and sample standard deviation, in two passes. `values` must be finite; the
/// caller names the runs that have none instead of averaging over them.
[[nodiscard]] Summary summarize(std::span<const double> values);

}  // namespace retort
