#pragma once

#include "gui/models/series_data.h"
#include "gui/models/work_room.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace retort::gui {

/// One curve as a row of a heat map.
struct HeatMapRow {
  std::string label;
  std::shared_ptr<const SeriesData> data;
};

struct HeatCell {
  enum class Kind {
    kNone,  ///< nothing was measured
    kValue,
    kNotFinite,  ///< NaN, an infinity or what is too large for an axis
  };

  double value = 0;
  Kind kind = Kind::kNone;

  bool operator==(const HeatCell&) const = default;
};

/// Rows of cells over equal stretches of x.
struct HeatMap {
  std::vector<std::string> labels;  ///< of the rows, from the top
  int columns = 0;
  double x_begin = 0;
  double x_end = 1;
  std::vector<HeatCell> cells;  ///< row by row

  [[nodiscard]] int rows() const { return static_cast<int>(labels.size()); }

  [[nodiscard]] bool isEmpty() const { return columns == 0 || labels.empty(); }

  [[nodiscard]] const HeatCell& at(int row, int column) const {
    return cells[static_cast<std::size_t>(row) * static_cast<std::size_t>(columns) +
                 static_cast<std::size_t>(column)];
  }

  [[nodiscard]] bool hasNotFinite() const;

  bool operator==(const HeatMap&) const = default;
};

/// The values between which colours run.
struct HeatRange {
  double lower = 0;
  double upper = 1;

  bool operator==(const HeatRange&) const = default;
};

/// Of the finite values; with `is_log` of the positive ones. Nothing when there is none.
[[nodiscard]] std::optional<HeatRange> valueRange(const HeatMap& map, bool is_log);

/// Columns of equal width, in whose middles evenly spaced samples stand.
struct HeatGrid {
  double x_begin = 0;  ///< of the first and of the last sample
  double x_end = 0;
  int columns = 0;

  /// The left edge of a column.
  [[nodiscard]] double edge(int column) const;
};

/// What is drawn of these rows, once and for all.
struct HeatMapRequest {
  std::vector<HeatMapRow> rows;
  int most_columns = 1;
  bool is_difference = false;      ///< `makeDifferenceMap`, else `makeHeatMap`
  std::vector<HeatMapRow> others;  ///< of a difference: what is subtracted
  bool is_ratio = false;
};

/// A map in the making, row by row. The curves may grow meanwhile: what comes behind the last step
/// that they had at the beginning is left out.
class HeatMapMaker {
 public:
  explicit HeatMapMaker(HeatMapRequest request);

  /// Goes on as far as there is room; true when the map is complete.
  bool advance(WorkRoom& room);

  [[nodiscard]] const HeatMapRequest& request() const { return request_; }

  [[nodiscard]] HeatMap take() { return std::move(map_); }

 private:
  void addRow(const HeatMapRow& row);
  void addDifference(const HeatMapRow& row, const HeatMapRow& other);

  HeatMapRequest request_;
  HeatGrid grid_;
  HeatMap map_;
  std::size_t next_row_ = 0;
};

/// True when a value is below 0: the rows cannot stand on a logarithmic scale.
[[nodiscard]] bool hasNegative(const std::vector<HeatMapRow>& rows);

/// A map of at most `most_columns` columns, fewer when the longest row has fewer samples. A cell
/// shows the greatest value measured in its stretch, so that no spike is lost, and is not finite
/// when any value there is not. A stretch without samples between two of a row continues the value
/// before it.
[[nodiscard]] HeatMap makeHeatMap(const std::vector<HeatMapRow>& rows, int most_columns);

/// How much one run differs from another: of rows with the same label, over the stretch of x that
/// both have. `is_ratio`: log10(left / right), for norms and the like; else left - right. No value
/// where either has none, not finite where either is not or a ratio is not defined.
[[nodiscard]] HeatMap makeDifferenceMap(const std::vector<HeatMapRow>& left,
                                        const std::vector<HeatMapRow>& right,
                                        int most_columns,
                                        bool is_ratio);

}  // namespace retort::gui
