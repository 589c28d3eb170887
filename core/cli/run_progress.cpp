#include "core/cli/run_progress.h"

#include "core/base/file.h"
#include "core/plan/run_requests.h"
#include "storage/step_rate.h"
#include "storage/workspace_store.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace retort::cli {
namespace {

/// Rate, time left and loss of a run that is being trained. Errors leave them unknown: a view shows
/// what it can.
void loadDetails(storage::WorkspaceStore& store, const RunRecord& record, RunProgress& run) {
  run.steps_per_second = storage::stepsPerSecond(store.metrics(), record);
  run.seconds_left = storage::secondsLeft(record, run.steps_per_second);
  const auto latest = store.metrics().latest(run.run_id);
  if (!latest) {
    return;
  }
  std::vector<SeriesKey> keys;
  for (const auto& [key, point] : *latest) {
    keys.push_back(key);
  }
  if (const auto loss = chooseLoss(keys)) {
    run.loss_name = loss->metric;
    for (const auto& [key, point] : *latest) {
      if (key == *loss) {
        run.loss = point.value;
      }
    }
  }
}

RunProgress toProgress(const RunRecord& record) {
  RunProgress run;
  run.run_id = record.spec.run_id;
  run.name = record.name;
  run.state = record.state;
  run.phase = record.phase;
  run.step = record.step;
  run.total_steps = record.total_steps;
  run.message = record.message;
  run.attempts = record.attempts;
  run.last_change_ms = record.ended_ms.value_or(record.started_ms.value_or(record.created_ms));
  return run;
}

}  // namespace

std::size_t GridProgress::count(RunState state) const {
  const auto found = counts.find(state);
  return found == counts.end() ? 0 : found->second;
}

std::vector<const RunProgress*> GridProgress::active() const {
  std::vector<const RunProgress*> result;
  for (const RunProgress& run : runs) {
    if (isActive(run.state)) {
      result.push_back(&run);
    }
  }
  return result;
}

bool GridProgress::isSettled() const {
  return std::all_of(runs.begin(), runs.end(), [](const RunProgress& run) {
    return isTerminal(run.state) || run.state == RunState::kBlocked ||
           run.state == RunState::kPaused;
  });
}

std::optional<SeriesKey> chooseLoss(const std::vector<SeriesKey>& keys) {
  const auto plain = [](const SeriesKey& key) {
    return !key.layer && !key.head && key.projection.empty() && key.component.empty();
  };
  std::optional<SeriesKey> chosen;
  int chosen_rank = 0;
  for (const SeriesKey& key : keys) {
    const bool has_loss = key.metric.find("loss") != std::string::npos;
    const int rank = !plain(key) ? 0 : (key.metric == "train.loss" ? 3 : (has_loss ? 2 : 1));
    if (rank > chosen_rank) {
      chosen = key;
      chosen_rank = rank;
    }
  }
  return chosen;
}

Result<GridProgress> loadProgress(storage::WorkspaceStore& store,
                                  const std::string& title,
                                  const std::vector<std::string>& run_ids) {
  GridProgress progress;
  progress.title = title;
  progress.now_ms = wallClockMs();
  if (run_ids.empty()) {
    return progress;  // an empty list would not restrict the filter
  }
  storage::RunFilter filter;
  filter.run_ids = run_ids;
  filter.with_spec = false;
  const auto records = store.runs().list(filter);
  if (!records) {
    return failWith(records.error());
  }
  std::map<std::string, const RunRecord*> by_id;
  for (const RunRecord& record : *records) {
    by_id.emplace(record.spec.run_id, &record);
  }
  for (const std::string& id : run_ids) {
    if (const auto found = by_id.find(id); found != by_id.end()) {
      RunProgress& run = progress.runs.emplace_back(toProgress(*found->second));
      if (isActive(run.state)) {
        loadDetails(store, *found->second, run);
      }
      ++progress.counts[run.state];
    }
  }
  progress.total = progress.runs.size();
  return progress;
}

std::string countsText(const GridProgress& progress) {
  static constexpr std::array<RunState, 8> kOthers{RunState::kRunning,
                                                   RunState::kStopping,
                                                   RunState::kQueued,
                                                   RunState::kBlocked,
                                                   RunState::kPaused,
                                                   RunState::kStopped,
                                                   RunState::kDiverged,
                                                   RunState::kFailed};
  std::string text =
      fmt::format("{} of {} finished", progress.count(RunState::kFinished), progress.total);
  for (const RunState state : kOthers) {
    if (const std::size_t count = progress.count(state); count > 0) {
      text += fmt::format(", {} {}", count, runStateName(state));
    }
  }
  return text;
}

}  // namespace retort::cli
