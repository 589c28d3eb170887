#include "gui/plots/axis_range.h"

#include <algorithm>
#include <cmath>

namespace retort::gui {
namespace {

constexpr double kPadding = 0.05;
constexpr double kAroundSingle = 0.1;
constexpr double kNarrowest = 1e-11;  // relative to the values
constexpr double kSmallest = 1e-250;  // what the canvas can still tell from 0
constexpr double kLargest = 1e240;

}  // namespace

void RangeFinder::include(double value) {
  if (!isDrawable(value) || (is_log_ && value <= 0)) {
    return;
  }
  range_.lower = is_empty_ ? value : std::min(range_.lower, value);
  range_.upper = is_empty_ ? value : std::max(range_.upper, value);
  is_empty_ = false;
}

void RangeFinder::includeValues(const SeriesData& data, const AxisRange& x) {
  std::size_t begin = data.lowerBound(x.lower);
  std::size_t end = data.upperBound(x.upper);
  begin -= begin > 0 ? 1 : 0;
  end += end < data.size() ? 1 : 0;
  const Extent extent = data.extent(begin, end);
  const std::uint32_t lowest = is_log_ ? extent.lowest_positive : extent.lowest;
  for (const std::uint32_t index : {lowest, extent.highest}) {
    if (index != Extent::kNone) {
      include(data.samples()[index].y);
    }
  }
}

AxisRange RangeFinder::padded() const {
  if (is_log_) {
    return paddedLog();
  }
  if (is_empty_) {
    return {0, 1};
  }
  if (range_.size() <= std::abs(range_.upper) * kNarrowest) {
    const double around = range_.upper == 0 ? 1 : std::abs(range_.upper) * kAroundSingle;
    return saneRange({range_.lower - around, range_.upper + around}, false);
  }
  const double room = range_.size() * kPadding;
  return saneRange({range_.lower - room, range_.upper + room}, false);
}

AxisRange RangeFinder::paddedLog() const {
  if (is_empty_) {
    return {0.1, 10};
  }
  const double decades = std::log10(range_.upper) - std::log10(range_.lower);
  const double factor = decades < kNarrowest ? 2 : std::pow(10, decades * kPadding);
  return saneRange({range_.lower / factor, range_.upper * factor}, true);
}

AxisRange saneRange(AxisRange range, bool is_log) {
  if (!std::isfinite(range.lower) || !std::isfinite(range.upper)) {
    range = is_log ? AxisRange{0.1, 10} : AxisRange{0, 1};
  }
  if (range.lower > range.upper) {
    std::swap(range.lower, range.upper);
  }
  range.lower = std::clamp(range.lower, is_log ? kSmallest : -kLargest, kLargest / 10);
  range.upper = std::clamp(range.upper, is_log ? kSmallest * 10 : -kLargest / 10, kLargest);
  const double magnitude = std::max(std::abs(range.lower), std::abs(range.upper));
  const double narrowest = std::max(magnitude * kNarrowest, kSmallest);
  if (range.size() < narrowest) {
    range.upper = range.lower + narrowest;
  }
  return range;
}

}  // namespace retort::gui
