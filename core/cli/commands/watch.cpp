#include "core/cli/arguments.h"
#include "core/cli/commands/commands.h"
#include "core/cli/run_reference.h"
#include "core/cli/views/live_screen.h"
#include "core/cli/views/watch_view.h"
#include "core/cli/watch_loader.h"
#include "core/cli/workspace_access.h"
#include "core/run/format.h"

#include <algorithm>
#include <memory>

namespace retort::cli {
namespace {

constexpr int kTickMs = 250;
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

Result<int> watchLive(storage::WorkspaceStore& store, const Watched& watched) {
  const StopSignals signals;
  WatchLoader loader(store, watched.title, watched.run_ids);
  FullScreen screen;
  while (StopSignals::received() == 0) {
    auto model = loader.load();
    if (!model) {
      return failWith(model.error());
    }
    model->has_keys = true;
    const TerminalTraits terminal = detectTerminal();
    screen.draw(renderWatch(*model, terminal.columns, terminal.rows, terminal.has_color));
    const auto key = screen.waitForKey(kTickMs);
    if (key == 'q' || key == 'Q') {
      break;
    }
    if (key == 'n' || key == 'p') {
      loader.choose(neighbour(model->grid, model->run.run_id, key == 'n'));
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
  const auto model = WatchLoader(*store, watched->title, watched->run_ids).load();
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
