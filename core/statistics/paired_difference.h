#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace retort {

/// One replication in two configurations (the same seed in both).
struct ValuePair {
  double value = 0;
  double baseline = 0;
};

/// The mean difference value - baseline over pairs, with its uncertainty. Undefined numbers are
/// absent.
struct PairedDifference {
  std::size_t n = 0;  ///< pairs
  double mean = 0;
  std::optional<double> standard_deviation;  ///< of the differences; n >= 2
  std::optional<double> low;                 ///< of the confidence interval; n >= 2
  std::optional<double> high;
  std::optional<double>
      p;  ///< two-sided, n >= 2; absent when all differences are equal (t is not defined)

  bool operator==(const PairedDifference&) const = default;
};

/// Student's paired t: mean(d) ± t(n-1, (1 + confidence) / 2) * sd(d) / sqrt(n), and P(|T| >=
/// |mean(d)| / (sd(d) / sqrt(n))). No pairs: nothing. Differences that agree to rounding (1e-12 of
/// the values) count as equal: the interval then has no width. `confidence` in (0, 1). Source:
/// Student 1908; any textbook on paired comparisons.
[[nodiscard]] std::optional<PairedDifference> pairedDifference(std::span<const ValuePair> pairs,
                                                               double confidence = 0.95);

/// The quantile of Student's t distribution: P(T <= result) = probability. Aborts unless degrees >=
/// 1 and 0 < probability < 1.
[[nodiscard]] double studentQuantile(double probability, double degrees_of_freedom);

/// P(|T| >= |t|), two-sided. Aborts unless degrees >= 1.
[[nodiscard]] double studentTwoSidedP(double t, double degrees_of_freedom);

}  // namespace retort
