#include "gui/models/curve_source.h"

#include <algorithm>
#include <utility>

namespace retort::gui {

CurveSource::CurveSource(std::filesystem::path workspace, QObject* parent)
    : QObject(parent),
      reader_(std::move(workspace)) {}

void CurveSource::follow(const std::vector<std::string>& run_ids,
                         const std::set<std::string>& metrics,
                         bool has_times) {
  if (run_ids == run_ids_ && metrics == metrics_ && has_times == has_times_) {
    return;
  }
  has_times_ = has_times;
  run_ids_ = run_ids;
  metrics_ = metrics;
  std::map<std::string, FollowedRun> kept;
  for (const std::string& run_id : run_ids_) {
    FollowedRun& run = kept[run_id];
    run = std::move(runs_[run_id]);
    run.cursor.run_id = run_id;
    const auto isForgotten = [&](const auto& entry) {
      return metrics_.find(entry.first.metric) == metrics_.end();
    };
    std::erase_if(run.cursor.series, isForgotten);
    std::erase_if(run.data, isForgotten);
    std::erase_if(run.shown, isForgotten);
  }
  runs_ = std::move(kept);
  is_loading_ = true;
  startReading();
}

void CurveSource::refresh() {
  if (is_reading_) {
    is_dirty_ = true;
  } else if (!run_ids_.empty()) {
    startReading();
  }
}

const RunSeries& CurveSource::seriesOf(const std::string& run_id) const {
  static const RunSeries kNone;
  const auto run = runs_.find(run_id);
  return run == runs_.end() ? kNone : run->second.shown;
}

std::shared_ptr<const StepClock> CurveSource::clockOf(const std::string& run_id) const {
  const auto run = runs_.find(run_id);
  return run == runs_.end() ? std::make_shared<const StepClock>() : run->second.clock;
}

std::vector<SeriesKey> CurveSource::keysOf(const std::string& run_id) const {
  const auto run = runs_.find(run_id);
  if (run == runs_.end()) {
    return {};
  }
  std::map<std::int64_t, SeriesKey> by_id;  // ids are given as curves come
  for (const auto& [key, cursor] : run->second.cursor.series) {
    by_id.emplace(cursor.series_id, key);
  }
  std::vector<SeriesKey> keys;
  for (auto& [id, key] : by_id) {
    keys.push_back(std::move(key));
  }
  return keys;
}

SeriesQuery CurveSource::query() const {
  SeriesQuery query;
  query.metrics = metrics_;
  query.has_times = has_times_;
  for (const std::string& run_id : run_ids_) {
    query.runs.push_back(runs_.at(run_id).cursor);
  }
  return query;
}

void CurveSource::startReading() {
  is_reading_ = true;
  is_dirty_ = false;
  reader_.run<SeriesAnswer>(
      [query = query()](storage::WorkspaceStore& store) { return readSeries(store, query); },
      [this](const Result<SeriesAnswer>& answer) {
        is_reading_ = false;
        if (answer) {
          apply(*answer);
        } else {
          is_loading_ = false;
          Q_EMIT readFailed(QString::fromStdString(answer.error().message));
        }
        if (is_dirty_) {
          refresh();
        }
      });
}

void CurveSource::apply(const SeriesAnswer& answer) {
  bool has_changed = std::exchange(is_loading_, false);
  bool has_grown = false;
  for (const RunChunk& chunk : answer.runs) {
    const auto run = runs_.find(chunk.run_id);
    if (run != runs_.end() && applyRun(run->second, chunk, has_grown)) {
      has_changed = true;
    }
  }
  has_changed |= answer.metric_names != metric_names_;
  metric_names_ = answer.metric_names;
  if (has_changed) {
    Q_EMIT seriesChanged();
  } else if (has_grown) {
    Q_EMIT grown();
  }
}

/// True when curves came or were read again.
bool CurveSource::applyRun(FollowedRun& run, const RunChunk& chunk, bool& has_grown) {
  bool has_changed = false;
  run.cursor.attempt = chunk.attempt;
  run.cursor.first_line_sha256 = chunk.first_line_sha256;
  if (chunk.is_restart && !run.data.empty()) {
    has_changed = true;
    run.cursor.series.clear();
    run.data.clear();
    run.shown.clear();
  }
  if (chunk.is_restart) {
    run.clock = std::make_shared<StepClock>();
  }
  run.clock->append(chunk.times);
  if (!chunk.times.empty()) {
    run.cursor.last_timed_step = chunk.times.back().step;
  }
  for (const SeriesChunk& series : chunk.series) {
    if (series.data) {
      run.data[series.key] = series.data;
      run.shown[series.key] = series.data;
      has_changed = true;
    } else {
      run.data.at(series.key)->append(series.points);
      has_grown = true;
    }
    run.cursor.series[series.key] = {series.series_id, series.last_step};
  }
  return has_changed;
}

}  // namespace retort::gui
