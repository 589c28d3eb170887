#include "core/cli/watch_loader.h"

#include "core/run/format.h"
#include "storage/workspace_store.h"

#include <algorithm>
#include <utility>

namespace retort::cli {
namespace {

constexpr std::size_t kMostCurves = 8;

}  // namespace

WatchLoader::WatchLoader(storage::WorkspaceStore& store,
                         std::string title,
                         std::vector<std::string> run_ids)
    : store_(&store),
      title_(std::move(title)),
      run_ids_(std::move(run_ids)) {}

void WatchLoader::choose(std::string run_id) {
  chosen_ = std::move(run_id);
  is_chosen_by_user_ = true;
}

std::string WatchLoader::findRun(const GridProgress& grid) const {
  const auto active = grid.active();
  const auto isChosen = [&](const RunProgress* run) {
    return run->run_id == chosen_;
  };
  if (is_chosen_by_user_ || std::any_of(active.begin(), active.end(), isChosen)) {
    return chosen_;
  }
  if (!active.empty()) {
    return active.front()->run_id;
  }
  const auto latest = std::max_element(
      grid.runs.begin(), grid.runs.end(), [](const RunProgress& a, const RunProgress& b) {
        return std::pair(a.step > 0, a.last_change_ms) < std::pair(b.step > 0, b.last_change_ms);
      });
  return latest == grid.runs.end() ? "" : latest->run_id;
}

Result<std::vector<WatchedCurve>> WatchLoader::loadCurves(const RunProgress& run) {
  if (cache_.run_id != run.run_id || cache_.attempts != run.attempts) {
    cache_ = {run.run_id, run.attempts, {}};  // a new attempt may have taken points back
  }
  const auto series = store_->metrics().series(run.run_id);
  if (!series) {
    return failWith(series.error());
  }
  std::vector<SeriesKey> keys;
  for (const storage::SeriesInfo& info : *series) {
    keys.push_back(info.key);
  }
  keys = chooseCurves(std::move(keys));
  keys.resize(std::min(keys.size(), kMostCurves));
  std::vector<WatchedCurve> curves;
  for (const SeriesKey& key : keys) {
    const auto info = std::find_if(series->begin(), series->end(), [&](const auto& candidate) {
      return candidate.key == key;
    });
    std::vector<Point>& points = cache_.points[info->series_id];
    const auto added = store_->metrics().points(
        info->series_id, points.empty() ? storage::MetricStore::kFromStart : points.back().step);
    if (!added) {
      return failWith(added.error());
    }
    points.insert(points.end(), added->begin(), added->end());
    curves.push_back({formatSeries(key), points});
  }
  return curves;
}

Status WatchLoader::loadMaps(WatchedRun& run) {
  for (const auto& [metric, title] : {std::pair("grad_norm", "gradient norm"),
                                      std::pair("attention_map_kl", "attention map KL"),
                                      std::pair("grad_norm_relative", "relative gradient norm")}) {
    const auto latest = store_->metrics().latest(run.run_id, metric);
    if (!latest) {
      return failWith(latest.error());
    }
    HeatMap map = heatMapOf(title, *latest);
    if (!map.row_labels.empty()) {
      run.maps.push_back(std::move(map));
    }
    for (const auto& [key, point] : *latest) {
      if (key.metric == "grad_norm" && !key.layer && !key.projection.empty()) {
        run.single_norms.emplace_back(key.projection, point.value);
      }
    }
  }
  return {};
}

Result<WatchModel> WatchLoader::load() {
  WatchModel model;
  auto grid = loadProgress(*store_, title_, run_ids_);
  if (!grid) {
    return failWith(grid.error());
  }
  model.grid = std::move(*grid);
  chosen_ = findRun(model.grid);
  model.run.run_id = chosen_;
  for (const RunProgress& run : model.grid.runs) {
    if (run.run_id == chosen_) {
      auto curves = loadCurves(run);
      if (!curves) {
        return failWith(curves.error());
      }
      model.run.curves = std::move(*curves);
      if (Status loaded = loadMaps(model.run); !loaded) {
        return failWith(loaded.error());
      }
    }
  }
  return model;
}

}  // namespace retort::cli
