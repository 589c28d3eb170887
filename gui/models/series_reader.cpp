#include "gui/models/series_reader.h"

#include "storage/workspace_store.h"

#include <algorithm>
#include <utility>

namespace retort::gui {
namespace {

using storage::MetricStore;
using storage::SeriesInfo;

Result<std::vector<SeriesInfo>> listSeries(storage::WorkspaceStore& store,
                                           const std::string& run_id,
                                           const std::set<std::string>& metrics) {
  std::vector<SeriesInfo> all;
  for (const std::string& metric : metrics) {
    auto found = store.metrics().series(run_id, metric);
    if (!found) {
      return failWith(found.error());
    }
    all.insert(all.end(), found->begin(), found->end());
  }
  return all;
}

/// True when a curve that was read is gone or has become another.
bool hasLostSeries(const RunCursor& cursor,
                   const std::vector<SeriesInfo>& present,
                   const std::set<std::string>& metrics) {
  return std::any_of(cursor.series.begin(), cursor.series.end(), [&](const auto& entry) {
    if (metrics.find(entry.first.metric) == metrics.end()) {
      return false;
    }
    return std::none_of(present.begin(), present.end(), [&](const SeriesInfo& info) {
      return info.key == entry.first && info.series_id == entry.second.series_id;
    });
  });
}

/// After the cursor, or from the start for curves that it does not know and for all at a restart.
Result<std::vector<SeriesChunk>> readNew(storage::WorkspaceStore& store,
                                         const RunCursor& cursor,
                                         const std::vector<SeriesInfo>& present,
                                         bool is_restart) {
  std::vector<SeriesChunk> chunks;
  for (const SeriesInfo& info : present) {
    const auto read = cursor.series.find(info.key);
    const bool is_known = !is_restart && read != cursor.series.end();
    auto points = store.metrics().points(
        info.series_id, is_known ? read->second.last_step : MetricStore::kFromStart);
    if (!points) {
      return failWith(points.error());
    }
    if (points->empty()) {
      continue;
    }
    SeriesChunk chunk{info.key, info.series_id, points->back().step, {}, nullptr};
    if (is_known) {
      chunk.points = std::move(*points);
    } else {
      chunk.data = std::make_shared<SeriesData>();
      chunk.data->append(*points);
    }
    chunks.push_back(std::move(chunk));
  }
  return chunks;
}

std::size_t countPoints(const std::vector<SeriesChunk>& chunks) {
  std::size_t count = 0;
  for (const SeriesChunk& chunk : chunks) {
    count += chunk.points.size();
  }
  return count;
}

/// `room`: for points that are to be appended.
Result<RunChunk> readRun(storage::WorkspaceStore& store,
                         const RunCursor& cursor,
                         const SeriesQuery& query,
                         std::size_t& room) {
  RunChunk chunk;
  chunk.run_id = cursor.run_id;
  const auto state = store.ingest().state(cursor.run_id);
  if (!state && state.error().code != ErrorCode::kNotFound) {
    return failWith(state.error());
  }
  chunk.attempt = state ? state->attempt : 0;
  chunk.first_line_sha256 = state ? state->first_line_sha256 : std::string();
  const auto present = listSeries(store, cursor.run_id, query.metrics);
  if (!present) {
    return failWith(present.error());
  }
  chunk.is_restart = chunk.attempt != cursor.attempt ||
                     chunk.first_line_sha256 != cursor.first_line_sha256 ||
                     hasLostSeries(cursor, *present, query.metrics);
  auto series = readNew(store, cursor, *present, chunk.is_restart);
  if (series && countPoints(*series) > room) {
    chunk.is_restart = true;
    series = readNew(store, cursor, *present, true);
  }
  if (!series) {
    return failWith(series.error());
  }
  chunk.series = std::move(*series);
  room -= countPoints(chunk.series);
  if (query.has_times) {
    auto times = store.metrics().stepTimes(
        cursor.run_id, chunk.is_restart ? MetricStore::kFromStart : cursor.last_timed_step);
    if (!times) {
      return failWith(times.error());
    }
    chunk.times = std::move(*times);
  }
  return chunk;
}

}  // namespace

Result<SeriesAnswer> readSeries(storage::WorkspaceStore& store, const SeriesQuery& query) {
  SeriesAnswer answer;
  const Status status = store.read([&]() -> Status {
    std::vector<std::string> run_ids;
    std::size_t room = query.most_appended;
    for (const RunCursor& cursor : query.runs) {
      run_ids.push_back(cursor.run_id);
      auto chunk = readRun(store, cursor, query, room);
      if (!chunk) {
        return failWith(chunk.error());
      }
      answer.runs.push_back(std::move(*chunk));
    }
    auto names = store.metrics().metricNames(run_ids);
    if (!names) {
      return failWith(names.error());
    }
    answer.metric_names = std::move(*names);
    return {};
  });
  if (!status) {
    return failWith(status.error());
  }
  return answer;
}

}  // namespace retort::gui
