#pragma once

#include <span>
#include <string_view>

namespace retort {

/// How the curves of several layers, projections or heads of one metric become one number.
enum class Combination {
  kMean,
  kRootOfSquares,  ///< sqrt(sum x^2): the norm of all gradients together is that of the parts
  kSum,
  kMaximum,
  kMinimum,
};

/// The combination of these values; NaN when there is none. A NaN among them makes a mean, a sum
/// and a norm one; the largest and the smallest are of those that are numbers.
[[nodiscard]] double combine(std::span<const double> values, Combination combination);

/// "mean", "root_of_squares", "sum", "max", "min".
[[nodiscard]] std::string_view combinationName(Combination combination);

/// The combination of this name; false when there is none.
[[nodiscard]] bool parseCombination(std::string_view name, Combination& combination);

}  // namespace retort
