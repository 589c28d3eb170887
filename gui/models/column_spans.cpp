#include "gui/models/column_spans.h"

#include <algorithm>
#include <cmath>

namespace retort::gui {
namespace {

/// From here on searching the end of a column is faster than walking to it.
constexpr std::size_t kManySamples = 96;

class SpanFinder {
 public:
  SpanFinder(const SeriesData& data, const DecimationView& view)
      : data_(data),
        view_(view),
        columns_per_x_(view.columns / (view.x_end - view.x_begin)) {}

  ColumnSpans find() {
    const std::size_t begin = data_.lowerBound(view_.x_begin);
    const std::size_t end = data_.upperBound(view_.x_end);
    const auto& samples = data_.samples();
    if (begin > 0) {
      result_.before = samples[begin - 1];
    }
    if (end < samples.size()) {
      result_.after = samples[end];
    }
    const auto columns = static_cast<std::size_t>(view_.columns);
    result_.spans.reserve(std::min(columns, end - begin));
    if (end - begin > kManySamples * columns) {
      search(begin, end);
    } else {
      walk(begin, end);
    }
    return std::move(result_);
  }

 private:
  [[nodiscard]] int columnOf(double x) const {
    const auto column = static_cast<int>((x - view_.x_begin) * columns_per_x_);
    return std::min(column, view_.columns - 1);
  }

  [[nodiscard]] double drawable(double y) const {
    return isDrawable(y) && (!view_.is_log || y > 0) ? y : std::nan("");
  }

  void take(ColumnSpan& span, double y) const {
    if (y <= kLargestDrawn && (view_.is_log ? y > 0 : y >= -kLargestDrawn)) {
      span.lowest = std::min(span.lowest, y);
      span.highest = std::max(span.highest, y);
    } else {
      (std::isnan(y) ? span.has_nan : y > 0 ? span.has_above : span.has_below) = true;
    }
  }

  void walk(std::size_t begin, std::size_t end) {
    const Sample* samples = data_.samples().data();
    for (std::size_t i = begin; i < end;) {
      ColumnSpan span;
      span.column = columnOf(samples[i].x);
      span.first = drawable(samples[i].y);
      do {
        take(span, samples[i].y);
        ++i;
      } while (i < end && columnOf(samples[i].x) == span.column);
      span.last = drawable(samples[i - 1].y);
      result_.spans.push_back(span);
    }
  }

  void search(std::size_t begin, std::size_t end) {
    const auto& samples = data_.samples();
    for (std::size_t first = begin; first < end;) {
      ColumnSpan span;
      span.column = columnOf(samples[first].x);
      const double next_x = view_.x_begin + (span.column + 1) / columns_per_x_;
      const bool is_last = span.column == view_.columns - 1;
      const std::size_t after =
          is_last ? end : std::clamp(data_.lowerBound(next_x), first + 1, end);
      span.first = drawable(samples[first].y);
      span.last = drawable(samples[after - 1].y);
      takeExtent(span, data_.extent(first, after));
      result_.spans.push_back(span);
      first = after;
    }
  }

  void takeExtent(ColumnSpan& span, const Extent& extent) const {
    for (const std::uint32_t index : {extent.lowest, extent.lowest_positive, extent.highest}) {
      if (index != Extent::kNone) {
        take(span, data_.samples()[index].y);
      }
    }
    span.has_nan |= extent.has_nan;
    span.has_above |= extent.has_plus_infinity;
    span.has_below |= extent.has_minus_infinity;
  }

  const SeriesData& data_;
  const DecimationView& view_;
  double columns_per_x_;
  ColumnSpans result_;
};

}  // namespace

ColumnSpans columnSpans(const SeriesData& data, const DecimationView& view) {
  return SpanFinder(data, view).find();
}

}  // namespace retort::gui
