#include "core/settings/combination.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace retort {
namespace {

constexpr std::array<std::pair<Combination, std::string_view>, 5> kNames{{
    {Combination::kMean, "mean"},
    {Combination::kRootOfSquares, "root_of_squares"},
    {Combination::kSum, "sum"},
    {Combination::kMaximum, "max"},
    {Combination::kMinimum, "min"},
}};

double sumOf(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) {
    sum += value;
  }
  return sum;
}

double rootOfSquares(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) {
    sum += value * value;
  }
  return std::sqrt(sum);
}

}  // namespace

double combine(std::span<const double> values, Combination combination) {
  double result = std::numeric_limits<double>::quiet_NaN();
  if (values.empty()) {
    return result;
  }
  switch (combination) {
    case Combination::kMean:
      return sumOf(values) / static_cast<double>(values.size());
    case Combination::kRootOfSquares:
      return rootOfSquares(values);
    case Combination::kSum:
      return sumOf(values);
    case Combination::kMaximum:
      for (const double value : values) {
        result = std::fmax(result, value);
      }
      break;
    case Combination::kMinimum:
      for (const double value : values) {
        result = std::fmin(result, value);
      }
      break;
  }
  return result;
}

std::string_view combinationName(Combination combination) {
  const auto* const found = std::find_if(
      kNames.begin(), kNames.end(), [&](const auto& entry) { return entry.first == combination; });
  return found->second;
}

bool parseCombination(std::string_view name, Combination& combination) {
  const auto* const found = std::find_if(
      kNames.begin(), kNames.end(), [&](const auto& entry) { return entry.second == name; });
  if (found == kNames.end()) {
    return false;
  }
  combination = found->first;
  return true;
}

}  // namespace retort
