#include "core/base/file.h"
#include "core/cli/arguments.h"
#include "core/cli/commands/commands.h"
#include "core/cli/format.h"
#include "core/cli/run_reference.h"
#include "core/cli/views/live_screen.h"
#include "core/cli/views/watch_view.h"
#include "core/cli/workspace_access.h"
#include "core/plan/run_requests.h"

#include <algorithm>
#include <memory>

namespace retort::cli {
namespace {

constexpr int kTickMs = 250;
constexpr std::size_t kMostCurves = 8;
constexpr std::size_t kSnapshotColumns = 100;
constexpr std::size_t kSnapshotRows = 60;

struct WatchOptions {
  std::string what;
  bool is_json = false;
};

/// What is watched: the runs of an experiment, or one run.
struct Watched {
  std::string title;
  std::vector<std::string> run_ids;
};

Watched watchedExperiment(const ExperimentRecord& experiment) {
  Watched watched{experiment.name, {}};
  for (const ExperimentRun& run : experiment.runs) {
    watched.run_ids.push_back(run.run_id);
  }
  return watched;
}

Result<Watched> chooseWatched(storage::WorkspaceStore& store, const std::string& what) {
  if (what.empty()) {
    const auto experiments = store.experiments().list(false);
    if (!experiments) {
      return failWith(experiments.error());
    }
    if (experiments->empty()) {
      return fail(ErrorCode::kNotFound, "there are no runs yet; 'retort run FILE' makes some");
    }
    return store.experiments().get(experiments->front().experiment_id).map(watchedExperiment);
  }
  if (const auto experiment = store.experiments().find(what)) {
    return watchedExperiment(*experiment);
  }
  return resolveRun(store, what).map([](const RunRecord& run) {
    return Watched{run.name, {run.spec.run_id}};
  });
}

/// The chosen run as long as nothing better is known: one that runs now, else the one that changed
/// last.
std::string chooseRun(const GridProgress& grid, const std::string& chosen, bool is_fixed) {
  const auto active = grid.active();
  const auto isChosen = [&](const RunProgress* run) {
    return run->run_id == chosen;
  };
  if (is_fixed || std::any_of(active.begin(), active.end(), isChosen)) {
    return chosen;
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

/// The run before or after `run_id` in the grid, in a circle.
std::string neighbour(const GridProgress& grid, const std::string& run_id, bool is_next) {
  const auto found = std::find_if(grid.runs.begin(), grid.runs.end(), [&](const RunProgress& run) {
    return run.run_id == run_id;
  });
  if (found == grid.runs.end()) {
    return run_id;
  }
  const auto index = static_cast<std::size_t>(found - grid.runs.begin());
  const std::size_t count = grid.runs.size();
  return grid.runs[(index + (is_next ? 1 : count - 1)) % count].run_id;
}

Result<std::vector<WatchedCurve>> loadCurves(storage::WorkspaceStore& store,
                                             const std::string& run_id) {
  const auto series = store.metrics().series(run_id);
  if (!series) {
    return failWith(series.error());
  }
  std::vector<SeriesKey> keys;
  for (const storage::SeriesInfo& info : *series) {
    keys.push_back(info.key);
  }
  std::vector<WatchedCurve> curves;
  for (const SeriesKey& key : chooseCurves(keys)) {
    const auto info = std::find_if(series->begin(), series->end(), [&](const auto& candidate) {
      return candidate.key == key;
    });
    auto points = store.metrics().points(info->series_id);
    if (!points) {
      return failWith(points.error());
    }
    curves.push_back({formatSeries(key), std::move(*points)});
    if (curves.size() == kMostCurves) {
      break;
    }
  }
  return curves;
}

Result<WatchedRun> loadWatchedRun(storage::WorkspaceStore& store, const std::string& run_id) {
  WatchedRun run;
  run.run_id = run_id;
  auto curves = loadCurves(store, run_id);
  if (!curves) {
    return failWith(curves.error());
  }
  run.curves = std::move(*curves);
  for (const auto& [metric, title] : {std::pair("grad_norm", "gradient norm"),
                                      std::pair("attention_map_kl", "attention map KL"),
                                      std::pair("grad_norm_relative", "relative gradient norm")}) {
    const auto latest = store.metrics().latest(run_id, metric);
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
  return run;
}

Result<WatchModel> loadModel(storage::WorkspaceStore& store,
                             const Watched& watched,
                             const std::string& chosen,
                             bool is_fixed) {
  WatchModel model;
  auto grid = loadProgress(store, watched.title, watched.run_ids);
  if (!grid) {
    return failWith(grid.error());
  }
  model.grid = std::move(*grid);
  const std::string run_id = chooseRun(model.grid, chosen, is_fixed);
  if (!run_id.empty()) {
    auto run = loadWatchedRun(store, run_id);
    if (!run) {
      return failWith(run.error());
    }
    model.run = std::move(*run);
  }
  return model;
}

Result<int> watchLive(storage::WorkspaceStore& store, const Watched& watched) {
  const StopSignals signals;
  std::string chosen;
  bool is_fixed = false;
  FullScreen screen;
  while (StopSignals::received() == 0) {
    auto model = loadModel(store, watched, chosen, is_fixed);
    if (!model) {
      return failWith(model.error());
    }
    model->has_keys = true;
    chosen = model->run.run_id;
    const TerminalTraits terminal = detectTerminal();
    screen.draw(renderWatch(*model, terminal.columns, terminal.rows, terminal.has_color));
    const auto key = screen.waitForKey(kTickMs);
    if (key == 'q' || key == 'Q') {
      break;
    }
    if (key == 'n' || key == 'p') {
      chosen = neighbour(model->grid, chosen, key == 'n');
      is_fixed = true;
    }
  }
  return 0;
}

Json progressJson(const GridProgress& grid) {
  const auto number = [](const std::optional<double>& value) {
    return value ? Json(*value) : Json(nullptr);
  };
  Json runs = Json::array();
  for (const RunProgress& run : grid.runs) {
    runs.push_back({{"run", run.run_id},
                    {"name", run.name},
                    {"state", runStateName(run.state)},
                    {"phase", run.phase},
                    {"step", run.step},
                    {"total_steps", run.total_steps},
                    {"steps_per_second", number(run.steps_per_second)},
                    {"seconds_left", number(run.seconds_left)},
                    {"loss", number(run.loss)},
                    {"message", run.message}});
  }
  return {{"title", grid.title}, {"runs", std::move(runs)}};
}

Result<int> watch(const Session& session, const WatchOptions& options) {
  auto store = openWorkspace(session, storage::Access::kReadOnly);
  if (!store) {
    return failWith(store.error());
  }
  const auto watched = chooseWatched(*store, options.what);
  if (!watched) {
    return failWith(watched.error());
  }
  if (session.terminal.is_terminal && !options.is_json) {
    return watchLive(*store, *watched);
  }
  const auto model = loadModel(*store, *watched, "", false);
  if (!model) {
    return failWith(model.error());
  }
  if (options.is_json) {
    printJson(progressJson(model->grid));
    return 0;
  }
  for (const std::string& line : renderWatch(*model, kSnapshotColumns, kSnapshotRows, false)) {
    print(line + "\n");
  }
  return 0;
}

CommandBody declare(Arguments& arguments) {
  auto options = std::make_shared<WatchOptions>();
  arguments.positional(
      "WHAT", options->what, "A run or an experiment (default: the latest experiment)", false);
  arguments.flag("--json", options->is_json, "For scripts: the progress now");
  return [options](Session& session) {
    return watch(session, *options);
  };
}

}  // namespace

Command watchCommand() {
  return {"watch",
          "Look",
          "Watch runs live: progress, losses, gradient norms by layer and projection",
          "  retort watch\n"
          "  retort watch losses\n"
          "  retort watch 3f2a | cat      (not a terminal: what it looks like now)",
          declare};
}

}  // namespace retort::cli
