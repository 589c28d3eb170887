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

Result<RunChunk> readRun(storage::WorkspaceStore& store,
                         const RunCursor& cursor,
                         const std::set<std::string>& metrics) {
  RunChunk chunk;
  chunk.run_id = cursor.run_id;
  const auto state = store.ingest().state(cursor.run_id);
  if (!state && state.error().code != ErrorCode::kNotFound) {
    return failWith(state.error());
  }
  chunk.attempt = state ? state->attempt : 0;
  chunk.first_line_sha256 = state ? state->first_line_sha256 : std::string();
  const auto present = listSeries(store, cursor.run_id, metrics);
  if (!present) {
    return failWith(present.error());
  }
  chunk.is_restart = chunk.attempt != cursor.attempt ||
                     chunk.first_line_sha256 != cursor.first_line_sha256 ||
                     hasLostSeries(cursor, *present, metrics);
  for (const SeriesInfo& info : *present) {
    const auto read = cursor.series.find(info.key);
    const bool is_known = !chunk.is_restart && read != cursor.series.end();
    auto points = store.metrics().points(
        info.series_id, is_known ? read->second.last_step : MetricStore::kFromStart);
    if (!points) {
      return failWith(points.error());
    }
    if (!points->empty()) {
      chunk.series.push_back({info.key, info.series_id, std::move(*points)});
    }
  }
  return chunk;
}

}  // namespace

Result<SeriesAnswer> readSeries(storage::WorkspaceStore& store, const SeriesQuery& query) {
  SeriesAnswer answer;
  const Status status = store.read([&]() -> Status {
    std::vector<std::string> run_ids;
    for (const RunCursor& cursor : query.runs) {
      run_ids.push_back(cursor.run_id);
      auto chunk = readRun(store, cursor, query.metrics);
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
