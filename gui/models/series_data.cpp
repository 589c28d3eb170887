#include "gui/models/series_data.h"

#include "core/base/check.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace retort::gui {
namespace {

constexpr std::size_t kFanOut = 32;

bool isBefore(const Sample& sample, double x) {
  return sample.x < x;
}

bool isAfter(double x, const Sample& sample) {
  return x < sample.x;
}

}  // namespace

bool isDrawable(double y) {
  return std::abs(y) <= kLargestDrawn;  // false for NaN
}

SeriesData::SeriesData(std::vector<Sample> samples) {
  samples_.reserve(samples.size());
  for (const Sample& sample : samples) {
    append(sample);
  }
}

void SeriesData::append(Sample sample) {
  RETORT_CHECK(samples_.size() < Extent::kNone - 1, "a curve of fewer than 2^32 - 2 samples");
  if (!samples_.empty() && !(sample.x >= samples_.back().x)) {
    sample.x = samples_.back().x;
  }
  samples_.push_back(sample);
  addToPyramid(static_cast<std::uint32_t>(samples_.size() - 1));
}

void SeriesData::append(const std::vector<Point>& points) {
  for (const Point& point : points) {
    append({static_cast<double>(point.step), point.value});
  }
}

void SeriesData::clear() {
  samples_.clear();
  levels_.clear();
  ++generation_;
}

Extent SeriesData::extent(std::size_t begin, std::size_t end) const {
  Extent result;
  end = std::min(end, samples_.size());
  std::size_t level = 0;  // of the blocks that [begin, end) counts; 0: single samples
  const auto take = [&](std::size_t position) {
    if (level == 0) {
      include(result, static_cast<std::uint32_t>(position));
    } else {
      merge(result, levels_[level - 1][position]);
    }
  };
  while (begin < end && level < levels_.size()) {
    while (begin < end && begin % kFanOut != 0) {
      take(begin++);
    }
    while (begin < end && end % kFanOut != 0) {
      take(--end);
    }
    begin /= kFanOut;
    end /= kFanOut;
    ++level;
  }
  while (begin < end) {
    take(begin++);
  }
  return result;
}

std::size_t SeriesData::lowerBound(double x) const {
  const auto found = std::lower_bound(samples_.begin(), samples_.end(), x, isBefore);
  return static_cast<std::size_t>(found - samples_.begin());
}

std::size_t SeriesData::upperBound(double x) const {
  const auto found = std::upper_bound(samples_.begin(), samples_.end(), x, isAfter);
  return static_cast<std::size_t>(found - samples_.begin());
}

std::optional<Sample> SeriesData::nearest(double x) const {
  if (samples_.empty()) {
    return std::nullopt;
  }
  const std::size_t next = lowerBound(x);
  if (next == 0) {
    return samples_.front();
  }
  if (next == samples_.size() || x - samples_[next - 1].x <= samples_[next].x - x) {
    return samples_[next - 1];
  }
  return samples_[next];
}

std::optional<Sample> SeriesData::lastUntil(double x) const {
  const std::size_t after = upperBound(x);
  return after == 0 ? std::nullopt : std::optional(samples_[after - 1]);
}

void SeriesData::addToPyramid(std::uint32_t index) {
  std::size_t position = index;
  for (std::size_t level = 0;; ++level) {
    position /= kFanOut;
    if (level == levels_.size()) {
      // The first block of a new level covers all that is below it.
      if (position == 0 && level > 0) {
        return;
      }
      levels_.emplace_back();
      for (std::size_t block = 0; level > 0 && block < levels_[level - 1].size(); ++block) {
        if (block % kFanOut == 0) {
          levels_[level].emplace_back();
        }
        merge(levels_[level].back(), levels_[level - 1][block]);
      }
      if (level > 0) {
        return;
      }
    }
    if (position == levels_[level].size()) {
      levels_[level].emplace_back();
    }
    include(levels_[level][position], index);
  }
}

void SeriesData::include(Extent& extent, std::uint32_t index) const {
  const double y = samples_[index].y;
  if (std::isnan(y)) {
    extent.has_nan = true;
  } else if (!isDrawable(y)) {
    (y > 0 ? extent.has_plus_infinity : extent.has_minus_infinity) = true;
  } else {
    const auto isBetter = [&](std::uint32_t kept, auto compare) {
      return kept == Extent::kNone || compare(y, samples_[kept].y) ||
             (y == samples_[kept].y && index < kept);
    };
    if (isBetter(extent.lowest, std::less<>())) {
      extent.lowest = index;
    }
    if (isBetter(extent.highest, std::greater<>())) {
      extent.highest = index;
    }
    if (y > 0 && isBetter(extent.lowest_positive, std::less<>())) {
      extent.lowest_positive = index;
    }
  }
}

void SeriesData::merge(Extent& into, const Extent& other) const {
  for (const std::uint32_t index : {other.lowest, other.highest, other.lowest_positive}) {
    if (index != Extent::kNone) {
      include(into, index);
    }
  }
  into.has_nan |= other.has_nan;
  into.has_plus_infinity |= other.has_plus_infinity;
  into.has_minus_infinity |= other.has_minus_infinity;
}

}  // namespace retort::gui
