#pragma once

#include "core/base/result.h"
#include "core/run/run_record.h"

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace retort::storage {

class Database;

/// One curve of one run. The id is valid as long as the run is not removed or ingested anew.
struct SeriesInfo {
  std::int64_t series_id = 0;
  SeriesKey key;

  bool operator==(const SeriesInfo&) const = default;
};

struct StepTime {
  std::int64_t step = 0;
  std::int64_t time_ms = 0;

  bool operator==(const StepTime&) const = default;
};

/// A series in four numbers. Extremes ignore NaN; they are absent when there is nothing but NaN.
struct SeriesSummary {
  std::string run_id;
  SeriesKey key;
  std::int64_t count = 0;
  Point last;                ///< of the highest step, NaN or not
  std::optional<Point> min;  ///< the first step that has it
  std::optional<Point> max;

  bool operator==(const SeriesSummary&) const = default;
};

/// One point with everything that names it, for exports.
struct MetricRow {
  std::string run_id;
  SeriesKey key;
  Point point;
  std::int64_t time_ms = 0;

  bool operator==(const MetricRow&) const = default;
};

/// Reads the curves. Nothing here writes.
class MetricStore {
 public:
  static constexpr std::int64_t kFromStart = std::numeric_limits<std::int64_t>::min();

  explicit MetricStore(Database& database);

  /// All curves of a run, sorted by key; with `metric`, only that metric's.
  [[nodiscard]] Result<std::vector<SeriesInfo>> series(
      std::string_view run_id, std::optional<std::string_view> metric = std::nullopt);

  /// The names of the metrics that these runs have, sorted.
  [[nodiscard]] Result<std::vector<std::string>> metricNames(
      const std::vector<std::string>& run_ids);

  /// The points with step > `after_step`, by step. To follow a curve, pass the last step seen; a
  /// curve whose run was resumed from an earlier step gets shorter first: compare
  /// `IngestState::attempt` or the run's attempts and read it again.
  [[nodiscard]] Result<std::vector<Point>> points(std::int64_t series_id,
                                                  std::int64_t after_step = kFromStart);

  /// When each step was reported, by step; the time axis of all curves of a run.
  [[nodiscard]] Result<std::vector<StepTime>> stepTimes(std::string_view run_id,
                                                        std::int64_t after_step = kFromStart);

  /// The last point of every curve of a run (of one metric), sorted by key: one row of a heat map.
  [[nodiscard]] Result<std::vector<std::pair<SeriesKey, Point>>> latest(
      std::string_view run_id, std::optional<std::string_view> metric = std::nullopt);

  /// Last, least and greatest value of every curve of `metric` in these runs, sorted by run and
  /// key.
  [[nodiscard]] Result<std::vector<SeriesSummary>> summaries(
      const std::vector<std::string>& run_ids, std::string_view metric);

  /// What the trainer's "result" event reported: the final numbers of a finished run; empty before.
  [[nodiscard]] Result<std::map<std::string, double>> results(std::string_view run_id);

  /// Calls `row` for every point of these runs (all metrics, or `metric`), by run in the order
  /// given, then key, then step, until it returns false. Rows are read in pieces of some thousand,
  /// so that a slow consumer holds nothing.
  Status forEachPoint(const std::vector<std::string>& run_ids,
                      std::optional<std::string_view> metric,
                      const std::function<bool(const MetricRow&)>& row);

 private:
  Result<bool> exportCurve(const std::string& run_id,
                           const SeriesInfo& curve,
                           const std::function<bool(const MetricRow&)>& row);

  Database* database_;
};

}  // namespace retort::storage
