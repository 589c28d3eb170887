#pragma once

#include "core/base/result.h"
#include "core/run/run_record.h"
#include "storage/sqlite/database.h"

#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

namespace retort::storage {

/// Writes the points of one run. Points are collected and stored in the order of the table (by
/// curve), not in the order of arrival (by step): that touches each page of the table once a batch
/// and is what makes ingestion fast. Part of the caller's write transaction.
class PointWriter {
 public:
  PointWriter(Database& database, std::int64_t run_number);

  /// Reads the run's curves. Before anything else.
  Status loadSeries();

  /// Queues a point; a later one for the same curve and step replaces it.
  Status add(const SeriesKey& key, const Point& point);

  /// Stores what is queued.
  Status flush();

  /// Stores what is queued, then deletes the points of all curves with step > `last_kept_step`.
  Status deleteAfter(std::int64_t last_kept_step);

 private:
  struct Row {
    std::int64_t series_id;
    Point point;
  };

  Database* database_;
  std::int64_t run_number_;
  std::map<SeriesKey, std::int64_t> series_;
  std::vector<Row> rows_;
};

/// Deletes all points of a run's curves, and the curves. Part of the caller's transaction.
Status deleteSeriesOfRun(Database& database, std::int64_t run_number);

/// Reads a curve's identity from a row: metric, layer, head, projection, component.
class Statement;
[[nodiscard]] SeriesKey takeSeriesKey(Statement& row);

}  // namespace retort::storage
