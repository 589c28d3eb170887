#include "core/statistics/paired_difference.h"

#include "core/base/check.h"
#include "core/statistics/summary.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <boost/math/distributions/students_t.hpp>

namespace retort {
namespace {

constexpr double kRoundingShare = 1e-12;

double largestMagnitude(std::span<const ValuePair> pairs) {
  double largest = 0;
  for (const ValuePair& pair : pairs) {
    largest = std::max({largest, std::abs(pair.value), std::abs(pair.baseline)});
  }
  return largest;
}

}  // namespace

double studentQuantile(double probability, double degrees_of_freedom) {
  RETORT_CHECK(degrees_of_freedom >= 1 && probability > 0 && probability < 1,
               "a quantile needs a degree of freedom and a probability between 0 and 1");
  return boost::math::quantile(boost::math::students_t(degrees_of_freedom), probability);
}

double studentTwoSidedP(double t, double degrees_of_freedom) {
  RETORT_CHECK(degrees_of_freedom >= 1, "a t test needs a degree of freedom");
  const boost::math::students_t distribution(degrees_of_freedom);
  return 2 * boost::math::cdf(boost::math::complement(distribution, std::abs(t)));
}

std::optional<PairedDifference> pairedDifference(std::span<const ValuePair> pairs,
                                                 double confidence) {
  if (pairs.empty()) {
    return std::nullopt;
  }
  std::vector<double> differences;
  differences.reserve(pairs.size());
  for (const ValuePair& pair : pairs) {
    differences.push_back(pair.value - pair.baseline);
  }
  const Summary summary = summarize(differences);
  PairedDifference result;
  result.n = summary.n;
  result.mean = *summary.mean;
  if (!summary.standard_deviation) {
    return result;
  }
  const double degrees = static_cast<double>(result.n - 1);
  const bool are_equal = *summary.standard_deviation <= kRoundingShare * largestMagnitude(pairs);
  result.standard_deviation = are_equal ? 0 : *summary.standard_deviation;
  const double standard_error =
      *result.standard_deviation / std::sqrt(static_cast<double>(result.n));
  const double half_width = studentQuantile((1 + confidence) / 2, degrees) * standard_error;
  result.low = result.mean - half_width;
  result.high = result.mean + half_width;
  if (!are_equal) {
    result.p = studentTwoSidedP(result.mean / standard_error, degrees);
  }
  return result;
}

}  // namespace retort
