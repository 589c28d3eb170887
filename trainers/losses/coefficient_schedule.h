#pragma once

#include <cstdint>
#include <string>

namespace retort::train {

/// A coefficient over the run. With k the index of the update (from 0), a = start and n = length
/// (0: until the end of the run):
///   constant: c
///   linear:   c (from + (to - from) min(1, max(0, (k - a) / n)))
///   switch:   c from for k < a, then c to
struct CoefficientSchedule {
  double coefficient = 1;
  std::string kind = "constant";
  double from = 0;
  double to = 1;
  std::int64_t start = 0;
  std::int64_t length = 0;

  bool operator==(const CoefficientSchedule&) const = default;
};

/// The coefficient of the update with index `step` of `total_steps`.
[[nodiscard]] double coefficientAt(const CoefficientSchedule& schedule,
                                   std::int64_t step,
                                   std::int64_t total_steps);

}  // namespace retort::train
