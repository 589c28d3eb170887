#include "gui/models/heat_map.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace retort::gui {
namespace {

struct Grid {
  double x_begin = 0;
  double x_end = 0;  ///< of the last sample
  int columns = 0;

  /// The left edge of a column; samples stand in the middle of theirs when they are evenly spaced.
  [[nodiscard]] double edge(int column) const {
    const double width = columns > 1 ? (x_end - x_begin) / (columns - 1) : 1;
    return x_begin + (column - 0.5) * width;
  }
};

Grid gridOf(const std::vector<HeatMapRow>& rows, int most_columns) {
  Grid grid;
  for (const HeatMapRow& row : rows) {
    if (row.data->isEmpty()) {
      continue;
    }
    const double first = row.data->samples().front().x;
    const double last = row.data->samples().back().x;
    const bool is_first = grid.columns == 0;
    grid.x_begin = is_first ? first : std::min(grid.x_begin, first);
    grid.x_end = is_first ? last : std::max(grid.x_end, last);
    const auto count = std::min<std::size_t>(row.data->size(), std::numeric_limits<int>::max());
    grid.columns = std::max(grid.columns, static_cast<int>(count));
  }
  grid.columns = std::min(grid.columns, std::max(1, most_columns));
  if (grid.x_end <= grid.x_begin) {
    grid.columns = std::min(grid.columns, 1);
  }
  return grid;
}

/// From here on searching the end of a column is faster than walking to it.
constexpr std::size_t kManySamples = 64;

/// The cells of a row from left to right.
class RowSweep {
 public:
  RowSweep(const SeriesData& data, const Grid& grid)
      : data_(data),
        is_dense_(data.size() > kManySamples * static_cast<std::size_t>(grid.columns)),
        next_(data.lowerBound(grid.edge(0))) {}

  /// Of the samples that were not taken yet and are left of `end_x`.
  HeatCell take(double end_x) {
    const std::size_t begin = next_;
    if (is_dense_) {
      next_ = std::max(begin, data_.lowerBound(end_x));
      return begin == next_ ? between(begin) : cellOf(data_.extent(begin, next_), begin);
    }
    const auto& samples = data_.samples();
    double highest = -std::numeric_limits<double>::infinity();
    std::optional<double> bad;
    for (; next_ < samples.size() && samples[next_].x < end_x; ++next_) {
      const double y = samples[next_].y;
      if (isDrawable(y)) {
        highest = std::max(highest, y);
      } else if (!bad) {
        bad = y;
      }
    }
    if (begin == next_) {
      return between(begin);
    }
    return bad ? HeatCell{*bad, HeatCell::Kind::kNotFinite}
               : HeatCell{highest, HeatCell::Kind::kValue};
  }

 private:
  /// Without a sample of its own.
  [[nodiscard]] HeatCell between(std::size_t next) const {
    if (next == 0 || next == data_.size()) {
      return {};
    }
    const double before = data_.samples()[next - 1].y;
    return {before, isDrawable(before) ? HeatCell::Kind::kValue : HeatCell::Kind::kNotFinite};
  }

  [[nodiscard]] HeatCell cellOf(const Extent& extent, std::size_t begin) const {
    const auto& samples = data_.samples();
    if (extent.has_nan || extent.has_plus_infinity || extent.has_minus_infinity) {
      const auto bad = std::find_if(samples.begin() + static_cast<std::ptrdiff_t>(begin),
                                    samples.end(),
                                    [](const Sample& sample) { return !isDrawable(sample.y); });
      return {bad->y, HeatCell::Kind::kNotFinite};
    }
    return {samples[extent.highest].y, HeatCell::Kind::kValue};
  }

  const SeriesData& data_;
  bool is_dense_;
  std::size_t next_;
};

HeatMap emptyMap(const Grid& grid) {
  HeatMap map;
  map.columns = grid.columns;
  map.x_begin = grid.edge(0);
  map.x_end = grid.edge(grid.columns);
  return map;
}

HeatCell differenceOf(const HeatCell& left, const HeatCell& right, bool is_ratio) {
  if (left.kind == HeatCell::Kind::kNone || right.kind == HeatCell::Kind::kNone) {
    return {};
  }
  if (left.kind == HeatCell::Kind::kValue && right.kind == HeatCell::Kind::kValue) {
    const double value = is_ratio ? std::log10(left.value / right.value) : left.value - right.value;
    if (isDrawable(value)) {
      return {value, HeatCell::Kind::kValue};
    }
  }
  return {std::nan(""), HeatCell::Kind::kNotFinite};
}

}  // namespace

bool HeatMap::hasNotFinite() const {
  return std::any_of(cells.begin(), cells.end(), [](const HeatCell& cell) {
    return cell.kind == HeatCell::Kind::kNotFinite;
  });
}

std::optional<HeatRange> valueRange(const HeatMap& map, bool is_log) {
  std::optional<HeatRange> range;
  for (const HeatCell& cell : map.cells) {
    if (cell.kind != HeatCell::Kind::kValue || (is_log && cell.value <= 0)) {
      continue;
    }
    range = range
                ? HeatRange{std::min(range->lower, cell.value), std::max(range->upper, cell.value)}
                : HeatRange{cell.value, cell.value};
  }
  return range;
}

HeatMap makeHeatMap(const std::vector<HeatMapRow>& rows, int most_columns) {
  const Grid grid = gridOf(rows, most_columns);
  HeatMap map = emptyMap(grid);
  map.cells.reserve(rows.size() * static_cast<std::size_t>(grid.columns));
  for (const HeatMapRow& row : rows) {
    map.labels.push_back(row.label);
    RowSweep sweep(*row.data, grid);
    for (int column = 0; column < grid.columns; ++column) {
      map.cells.push_back(sweep.take(grid.edge(column + 1)));
    }
  }
  return map;
}

HeatMap makeDifferenceMap(const std::vector<HeatMapRow>& left,
                          const std::vector<HeatMapRow>& right,
                          int most_columns,
                          bool is_ratio) {
  Grid grid = gridOf(left, most_columns);
  const Grid other = gridOf(right, most_columns);
  grid.x_begin = std::max(grid.x_begin, other.x_begin);
  grid.x_end = std::min(grid.x_end, other.x_end);
  grid.columns = std::min(grid.columns, other.columns);
  if (grid.x_end < grid.x_begin) {
    grid.columns = 0;
  } else if (grid.x_end == grid.x_begin) {
    grid.columns = std::min(grid.columns, 1);
  }
  HeatMap map = emptyMap(grid);
  for (const HeatMapRow& row : left) {
    const auto match = std::find_if(right.begin(), right.end(), [&](const HeatMapRow& candidate) {
      return candidate.label == row.label;
    });
    if (match == right.end()) {
      continue;
    }
    map.labels.push_back(row.label);
    RowSweep here(*row.data, grid);
    RowSweep there(*match->data, grid);
    for (int column = 0; column < grid.columns; ++column) {
      const double end = grid.edge(column + 1);
      const HeatCell cell = here.take(end);
      map.cells.push_back(differenceOf(cell, there.take(end), is_ratio));
    }
  }
  return map;
}

}  // namespace retort::gui
