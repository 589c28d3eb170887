#pragma once

#include "core/base/result.h"
#include "core/run/run_record.h"
#include "gui/models/series_data.h"
#include "storage/metric_store.h"

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace retort::storage {
class WorkspaceStore;
}

namespace retort::gui {

/// How far one curve has been read.
struct SeriesCursor {
  std::int64_t series_id = 0;
  std::int64_t last_step = 0;

  bool operator==(const SeriesCursor&) const = default;
};

/// How far a run has been read. Another attempt may have taken points back, another file have
/// replaced all of them: then the run is read again from its start.
struct RunCursor {
  std::string run_id;
  int attempt = -1;  ///< none yet
  std::string first_line_sha256;
  std::map<SeriesKey, SeriesCursor> series;
  std::int64_t last_timed_step = storage::MetricStore::kFromStart;
};

struct SeriesQuery {
  std::vector<RunCursor> runs;
  std::set<std::string> metrics;  ///< only these
  bool has_times = false;         ///< also when the steps were reported
  /// Points that are appended in a few milliseconds; runs beyond them are read from their start.
  std::size_t most_appended = 100'000;
};

/// What is new of one curve.
struct SeriesChunk {
  SeriesKey key;
  std::int64_t series_id = 0;
  std::int64_t last_step = 0;
  std::vector<Point> points;         ///< after the cursor
  std::shared_ptr<SeriesData> data;  ///< instead, the whole curve, ready for use
};

struct RunChunk {
  std::string run_id;
  int attempt = 0;
  std::string first_line_sha256;
  bool is_restart = false;  ///< forget what was read before
  std::vector<SeriesChunk> series;
  std::vector<storage::StepTime> times;  ///< after the cursor
};

struct SeriesAnswer {
  std::vector<RunChunk> runs;             ///< as asked for
  std::vector<std::string> metric_names;  ///< that the runs have, sorted
};

/// Reads what is new, all of it on one snapshot of the workspace. A run that does not exist has no
/// curves.
[[nodiscard]] Result<SeriesAnswer> readSeries(storage::WorkspaceStore& store,
                                              const SeriesQuery& query);

}  // namespace retort::gui
