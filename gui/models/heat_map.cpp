#include "gui/models/heat_map.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace retort::gui {
namespace {

HeatGrid gridOf(const std::vector<HeatMapRow>& rows, int most_columns) {
  HeatGrid grid;
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
  RowSweep(const SeriesData& data, const HeatGrid& grid)
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

/// The stretch of x that both have.
HeatGrid commonGrid(HeatGrid grid, const HeatGrid& other) {
  grid.x_begin = std::max(grid.x_begin, other.x_begin);
  grid.x_end = std::min(grid.x_end, other.x_end);
  grid.columns = std::min(grid.columns, other.columns);
  if (grid.x_end < grid.x_begin) {
    grid.columns = 0;
  } else if (grid.x_end == grid.x_begin) {
    grid.columns = std::min(grid.columns, 1);
  }
  return grid;
}

HeatMap makeWhole(HeatMapRequest request) {
  HeatMapMaker maker(std::move(request));
  WorkRoom room = WorkRoom::unlimited();
  maker.advance(room);
  return maker.take();
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

double HeatGrid::edge(int column) const {
  const double width = columns > 1 ? (x_end - x_begin) / (columns - 1) : 1;
  return x_begin + (column - 0.5) * width;
}

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

HeatMapMaker::HeatMapMaker(HeatMapRequest request) : request_(std::move(request)) {
  grid_ = gridOf(request_.rows, request_.most_columns);
  if (request_.is_difference) {
    grid_ = commonGrid(grid_, gridOf(request_.others, request_.most_columns));
  }
  map_.columns = grid_.columns;
  map_.x_begin = grid_.edge(0);
  map_.x_end = grid_.edge(grid_.columns);
  map_.cells.reserve(request_.rows.size() * static_cast<std::size_t>(grid_.columns));
}

bool HeatMapMaker::advance(WorkRoom& room) {
  for (; next_row_ < request_.rows.size() && !room.isEmpty(); ++next_row_) {
    const HeatMapRow& row = request_.rows[next_row_];
    room.use(row.data->size() + static_cast<std::size_t>(map_.columns));
    if (!request_.is_difference) {
      addRow(row);
      continue;
    }
    const auto other = std::find_if(
        request_.others.begin(), request_.others.end(), [&](const HeatMapRow& candidate) {
          return candidate.label == row.label;
        });
    if (other != request_.others.end()) {
      room.use(other->data->size() + static_cast<std::size_t>(map_.columns));
      addDifference(row, *other);
    }
  }
  return next_row_ == request_.rows.size();
}

void HeatMapMaker::addRow(const HeatMapRow& row) {
  map_.labels.push_back(row.label);
  RowSweep sweep(*row.data, grid_);
  for (int column = 0; column < grid_.columns; ++column) {
    map_.cells.push_back(sweep.take(grid_.edge(column + 1)));
  }
}

void HeatMapMaker::addDifference(const HeatMapRow& row, const HeatMapRow& other) {
  map_.labels.push_back(row.label);
  RowSweep here(*row.data, grid_);
  RowSweep there(*other.data, grid_);
  for (int column = 0; column < grid_.columns; ++column) {
    const double end = grid_.edge(column + 1);
    const HeatCell cell = here.take(end);
    map_.cells.push_back(differenceOf(cell, there.take(end), request_.is_ratio));
  }
}

bool hasNegative(const std::vector<HeatMapRow>& rows) {
  return std::any_of(rows.begin(), rows.end(), [](const HeatMapRow& row) {
    const Extent extent = row.data->extent(0, row.data->size());
    return extent.lowest != Extent::kNone && row.data->samples()[extent.lowest].y < 0;
  });
}

HeatMap makeHeatMap(const std::vector<HeatMapRow>& rows, int most_columns) {
  return makeWhole({rows, most_columns, false, {}, false});
}

HeatMap makeDifferenceMap(const std::vector<HeatMapRow>& left,
                          const std::vector<HeatMapRow>& right,
                          int most_columns,
                          bool is_ratio) {
  return makeWhole({left, most_columns, true, right, is_ratio});
}

}  // namespace retort::gui
