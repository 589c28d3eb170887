#include "gui/models/decimation.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace retort::gui {
namespace {

constexpr std::size_t kFewSamples = 4;

class Decimator {
 public:
  Decimator(const SeriesData& data, bool is_log) : data_(data), is_log_(is_log) {}

  DecimatedCurve takeResult() { return std::move(curve_); }

  /// The samples [begin, end) share a pixel column, or are one outside the view.
  void addColumn(std::size_t begin, std::size_t end, bool is_outside) {
    if (end - begin <= kFewSamples) {
      for (std::size_t i = begin; i < end; ++i) {
        addSample(data_.samples()[i]);
      }
    }
    if (is_outside) {
      return;
    }
    const Extent extent = data_.extent(begin, end);
    if (end - begin > kFewSamples) {
      addExtremes(extent, begin, end);
    }
    addMarkers(extent, data_.samples()[begin].x);
  }

 private:
  bool isShown(double y) const { return isDrawable(y) && (!is_log_ || y > 0); }

  void addSample(const Sample& sample) {
    if (isShown(sample.y)) {
      curve_.line.push_back(sample);
    } else if (!curve_.line.empty() && !std::isnan(curve_.line.back().y)) {
      curve_.line.push_back({sample.x, std::nan("")});
    }
  }

  void addExtremes(const Extent& extent, std::size_t begin, std::size_t end) {
    std::array<std::size_t, 4> kept = {
        begin, is_log_ ? extent.lowest_positive : extent.lowest, extent.highest, end - 1};
    std::sort(kept.begin(), kept.end());
    std::size_t last = Extent::kNone;
    for (const std::size_t index : kept) {
      if (index < end && index != last) {
        addSample(data_.samples()[index]);
        last = index;
      }
    }
  }

  void addMarkers(const Extent& extent, double x) {
    const auto& samples = data_.samples();
    if (extent.has_nan) {
      curve_.nan_x.push_back(x);
    }
    if (extent.has_plus_infinity) {
      curve_.above_x.push_back(x);
    }
    const bool has_unshown =
        is_log_ && extent.lowest != Extent::kNone && samples[extent.lowest].y <= 0;
    if (extent.has_minus_infinity || has_unshown) {
      curve_.below_x.push_back(x);
    }
  }

  const SeriesData& data_;
  bool is_log_;
  DecimatedCurve curve_;
};

}  // namespace

DecimatedCurve decimate(const SeriesData& data, const DecimationView& view) {
  Decimator decimator(data, view.is_log);
  const std::size_t begin = data.lowerBound(view.x_begin);
  const std::size_t end = data.upperBound(view.x_end);
  if (begin > 0) {
    decimator.addColumn(begin - 1, begin, true);
  }
  const double column_width = (view.x_end - view.x_begin) / view.columns;
  for (std::size_t first = begin; first < end;) {
    const double x = data.samples()[first].x;
    const double column = std::floor((x - view.x_begin) / column_width);
    const double column_end = view.x_begin + (column + 1) * column_width;
    // At least one sample a column, whatever rounding does.
    const std::size_t last = std::clamp(data.lowerBound(column_end), first + 1, end);
    decimator.addColumn(first, last, false);
    first = last;
  }
  if (end < data.size()) {
    decimator.addColumn(end, end + 1, true);
  }
  return decimator.takeResult();
}

}  // namespace retort::gui
