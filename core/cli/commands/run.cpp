#include "core/base/file.h"
#include "core/cli/arguments.h"
#include "core/cli/commands/commands.h"
#include "core/cli/grid_runner.h"
#include "core/cli/table_style.h"
#include "core/cli/text_table.h"
#include "core/comparison/comparison_loader.h"
#include "core/comparison/experiment_catalogue.h"
#include "core/run/format.h"
#include "core/tables/render.h"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

namespace retort::cli {
namespace {

struct RunOptions {
  std::string file;
  std::vector<std::string> overrides;
  std::int64_t jobs = 0;
  std::int64_t limit = 10000;
  bool is_dry = false;
  bool is_detached = false;
  bool is_json = false;
};

/// The state of each run in the workspace, "new" where it is not there.
Result<std::vector<std::string>> knownStates(const Session& session, const Submission& submission) {
  std::vector<std::string> states;
  auto store = storage::WorkspaceStore::open(session.paths.folder, storage::Access::kReadOnly);
  if (!store && store.error().code != ErrorCode::kNotFound) {
    return failWith(store.error());
  }
  for (const SubmittedRun& run : submission.runs) {
    const auto record =
        store ? store->runs().get(run.spec.run_id) : Result<RunRecord>(failWith(store.error()));
    states.push_back(record ? std::string(runStateName(record->state)) : "new");
  }
  return states;
}

std::size_t countDone(const std::vector<std::string>& states) {
  return static_cast<std::size_t>(
      std::count_if(states.begin(), states.end(), [](const std::string& state) {
        return state == "finished" || state == "diverged";
      }));
}

void printPlan(const Session& session,
               const Submission& submission,
               const std::vector<std::string>& states) {
  TextTable table;
  table.columns = {{"#", true, false},
                   {"run", false, false},
                   {"state", false, false},
                   {"name", false, true},
                   {"needs", false, true}};
  std::size_t needed = 0;
  for (std::size_t i = 0; i < submission.runs.size(); ++i) {
    const SubmittedRun& run = submission.runs[i];
    std::string needs;
    for (const std::string& id : run.spec.neededRuns()) {
      needs += (needs.empty() ? "" : " ") + shortId(id);
    }
    needed += run.membership.is_needed_only ? 1 : 0;
    table.rows.push_back({std::to_string(run.membership.position),
                          shortId(run.spec.run_id),
                          states[i],
                          run.name,
                          needs});
  }
  const std::size_t width = session.terminal.is_terminal ? session.terminal.columns : 0;
  print(renderTextTable(std::move(table), width, session.terminal.has_color));
  const std::size_t done = countDone(states);
  print(fmt::format("\n{}: {}{}; {} done, {} to do\n",
                    escapeForTerminal(submission.experiment),
                    formatCount(submission.runs.size() - needed, "run"),
                    needed == 0 ? "" : " and " + formatCount(needed, "needed run"),
                    done,
                    submission.runs.size() - done));
}

Json planJson(const Submission& submission, const std::vector<std::string>& states) {
  Json runs = Json::array();
  for (std::size_t i = 0; i < submission.runs.size(); ++i) {
    const SubmittedRun& run = submission.runs[i];
    Json labels = Json::object();
    for (const auto& [factor, label] : run.membership.labels) {
      labels[factor] = label;
    }
    runs.push_back({{"run", run.spec.run_id},
                    {"position", run.membership.position},
                    {"name", run.name},
                    {"state", states[i]},
                    {"labels", std::move(labels)},
                    {"seed", run.membership.seed ? Json(*run.membership.seed) : Json(nullptr)},
                    {"is_needed_only", run.membership.is_needed_only},
                    {"needs", run.spec.neededRuns()},
                    {"settings", nestSettings(run.spec.settings)}});
  }
  return {{"experiment", submission.experiment}, {"runs", std::move(runs)}};
}

Result<int> dryRun(const Session& session, const Submission& submission, bool is_json) {
  const auto states = knownStates(session, submission);
  if (!states) {
    return failWith(states.error());
  }
  if (is_json) {
    printJson(planJson(submission, *states));
  } else {
    printPlan(session, submission, *states);
  }
  return 0;
}

/// The comparison table, or why there is none. A grid without metrics is no error.
void printComparison(const Session& session,
                     storage::WorkspaceStore& store,
                     const std::string& name) {
  const auto experiment = store.experiments().find(name);
  if (!experiment) {
    return;
  }
  const Catalogue catalogue = catalogueOf(session.paths, store, *experiment);
  const auto lookup = [&](const std::string& metric) {
    return catalogue.findMetric(metric);
  };
  const auto table = loadComparison(store, *experiment, {}, lookup);
  if (!table) {
    printError("retort: no comparison: " + escapeForTerminal(table.error().message) + "\n");
    return;
  }
  print("\n" + renderTable(*table, TableFormat::kText, tableStyle(session.terminal)));
}

void printResultJson(const Submission& submission, const WaitResult& result) {
  Json runs = Json::array();
  for (const RunProgress& run : result.progress.runs) {
    runs.push_back({{"run", run.run_id},
                    {"name", run.name},
                    {"state", runStateName(run.state)},
                    {"message", run.message}});
  }
  printJson({{"experiment", submission.experiment}, {"runs", std::move(runs)}});
}

Result<int> runAndWait(const Session& session,
                       const Submission& submission,
                       const RunOptions& options) {
  auto store = openWorkspace(session, storage::Access::kCreate);
  if (!store) {
    return failWith(store.error());
  }
  const auto ids = submitGrid(*store, submission, options.jobs);
  if (!ids) {
    return failWith(ids.error());
  }
  if (options.is_detached) {
    print("submitted " + formatCount(ids->size(), "run") + " of " +
          escapeForTerminal(submission.experiment) + "; 'retort watch' shows them\n");
    return 0;
  }
  const auto result = waitForRuns(session, *store, submission.experiment, *ids, options.is_json);
  if (!result) {
    return failWith(result.error());
  }
  if (options.is_json) {
    printResultJson(submission, *result);
    return waitExitCode(*result);
  }
  print(escapeForTerminal(submission.experiment) + ": " + countsText(result->progress) + "\n");
  if (result->is_interrupted) {
    printError("runs go on; 'retort watch' shows them, 'retort stop " +
               escapeForTerminal(submission.experiment) + "' stops them\n");
  } else {
    printComparison(session, *store, submission.experiment);
    printError(failureText(result->progress));
  }
  return waitExitCode(*result);
}

Result<int> runGrid(const Session& session, const RunOptions& options) {
  Catalogues catalogues(session.paths);
  const auto expanded = expandGrid(
      catalogues, {options.file, options.overrides, static_cast<std::uint64_t>(options.limit)});
  if (!expanded) {
    return failWith(expanded.error());
  }
  for (const std::string& note : expanded->notes) {
    printError("note: " + escapeForTerminal(note) + "\n");
  }
  return options.is_dry ? dryRun(session, expanded->submission, options.is_json)
                        : runAndWait(session, expanded->submission, options);
}

CommandBody declare(Arguments& arguments) {
  auto options = std::make_shared<RunOptions>();
  constexpr std::int64_t kMostJobs = 4096;
  constexpr std::int64_t kMostRuns = 1'000'000'000;
  arguments.positional("FILE", options->file, "The experiment file");
  arguments.options(
      "--set", options->overrides, "KEY=VALUE: replaces a setting, or a part of the file");
  arguments.flag(
      "--dry-run", options->is_dry, "Show the runs and what is done already; start nothing");
  arguments.flag("--detach", options->is_detached, "Do not wait");
  arguments.number("-j,--jobs", options->jobs, 1, kMostJobs, "At most so many runs at once");
  arguments.number(
      "--limit", options->limit, 1, kMostRuns, "Refuse more runs than this (default 10000)");
  arguments.flag("--json", options->is_json, "For scripts: no progress, the runs as JSON");
  return [options](Session& session) {
    return runGrid(session, *options);
  };
}

}  // namespace

Command runCommand() {
  return {"run",
          "Run",
          "Run what is missing of an experiment file's grid, and compare",
          "  retort run losses.yaml --dry-run\n"
          "  retort run losses.yaml --jobs 2\n"
          "  retort run losses.yaml --set train.epochs=1 --set seeds=3 --detach\n"
          "  retort run losses.yaml --set 'grid.freeze=[none, ov]'\n"
          "\n"
          "Runs that are done are not repeated; stopped and failed ones go on. Ctrl-C ends the\n"
          "waiting, not the runs.",
          declare};
}

}  // namespace retort::cli
