#pragma once

#include "core/run/run_record.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace retort::gui {

struct Sample {
  double x = 0;
  double y = 0;  ///< may be NaN or infinite

  bool operator==(const Sample&) const = default;
};

/// Larger values cannot stand on an axis; they count as infinite where a curve is drawn.
inline constexpr double kLargestDrawn = 1e200;

/// NaN and what is too large for an axis.
[[nodiscard]] bool isDrawable(double y);

/// Where the extremes of some consecutive samples are, and what else is among them. Only drawable
/// values count.
struct Extent {
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  std::uint32_t lowest = kNone;           ///< index of the first sample with the least value
  std::uint32_t highest = kNone;          ///< index of the first sample with the greatest value
  std::uint32_t lowest_positive = kNone;  ///< the same of those above 0, for logarithmic axes
  bool has_nan = false;
  bool has_plus_infinity = false;
  bool has_minus_infinity = false;

  bool operator==(const Extent&) const = default;
};

/// A curve that grows at its end: samples in the order of x, and a pyramid over them that answers
/// for the extremes of any stretch in logarithmic time. At most 2^32 - 2 samples.
class SeriesData {
 public:
  SeriesData() = default;
  explicit SeriesData(std::vector<Sample> samples);

  /// A sample whose x is below the last one's is taken in all the same; `x` is then the last one's.
  void append(Sample sample);
  void append(const std::vector<Point>& points);
  void clear();

  [[nodiscard]] const std::vector<Sample>& samples() const { return samples_; }

  [[nodiscard]] std::size_t size() const { return samples_.size(); }

  [[nodiscard]] bool isEmpty() const { return samples_.empty(); }

  /// Of the samples with indices in [begin, end).
  [[nodiscard]] Extent extent(std::size_t begin, std::size_t end) const;

  /// Index of the first sample with x >= `x` (or > `x`); `size()` when there is none.
  [[nodiscard]] std::size_t lowerBound(double x) const;
  [[nodiscard]] std::size_t upperBound(double x) const;

  /// The sample nearest to `x`, the earlier of two equally near ones.
  [[nodiscard]] std::optional<Sample> nearest(double x) const;

  /// The last sample with x <= `x`.
  [[nodiscard]] std::optional<Sample> lastUntil(double x) const;

  /// Grows by one with every `clear`: whoever follows the end starts again.
  [[nodiscard]] std::int64_t generation() const { return generation_; }

 private:
  void addToPyramid(std::uint32_t index);
  void include(Extent& extent, std::uint32_t index) const;
  void merge(Extent& into, const Extent& other) const;

  std::vector<Sample> samples_;
  std::vector<std::vector<Extent>> levels_;  ///< levels_[k][i] covers kFanOut^(k+1) samples
  std::int64_t generation_ = 0;
};

}  // namespace retort::gui
