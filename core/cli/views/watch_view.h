#pragma once

#include "core/cli/run_progress.h"
#include "core/cli/views/chart.h"

#include <string>
#include <utility>
#include <vector>

/// What `retort watch` shows. Pure.
namespace retort::cli {

struct WatchedCurve {
  std::string name;
  std::vector<Point> points;
};

/// The run whose inside is shown.
struct WatchedRun {
  std::string run_id;
  std::vector<WatchedCurve> curves;  ///< the most important first
  std::vector<HeatMap> maps;         ///< likewise
  std::vector<std::pair<std::string, double>>
      single_norms;  ///< gradient norms of tensors outside the layers
};

struct WatchModel {
  GridProgress grid;
  WatchedRun run;
  bool has_keys = false;  ///< a person can press keys: say which
};

/// At most `rows` lines of at most `columns` columns: counts, active runs, the watched run's curves
/// as sparklines, and its latest gradient norms by layer × projection. What does not fit is left
/// out from the bottom, but for the last line.
[[nodiscard]] std::vector<std::string> renderWatch(const WatchModel& model,
                                                   std::size_t columns,
                                                   std::size_t rows,
                                                   bool has_color);

/// The latest values of one metric as a map: layers down, projections (or heads) across, in the
/// order q k v o ffn1 ffn2, then as they appear. Values without a layer are left out.
[[nodiscard]] HeatMap heatMapOf(const std::string& title,
                                const std::vector<std::pair<SeriesKey, Point>>& latest);

/// The curves worth a line: plain series, losses first, then evaluations, then the rest.
[[nodiscard]] std::vector<SeriesKey> chooseCurves(std::vector<SeriesKey> keys);

}  // namespace retort::cli
