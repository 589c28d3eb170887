#include "core/cli/reproduction_plan.h"

#include "core/statistics/summary.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>

namespace retort::cli {
namespace {

constexpr double kMinute = 60;
constexpr double kHour = 3600;

bool isDone(const RunRecord& run) {
  return run.state == RunState::kFinished || run.state == RunState::kDiverged;
}

/// What the runs of one kind (needed or not) of a grid are expected to take.
double expectedSeconds(const std::vector<double>& measured, double declared) {
  return measured.empty() ? declared : *summarize(measured).mean;
}

}  // namespace

ReproductionPlan planReproduction(storage::WorkspaceStore& store,
                                  const std::vector<PlannedGrid>& grids,
                                  int cores) {
  ReproductionPlan plan;
  std::set<std::string> seen;
  int threads = 1;
  for (const PlannedGrid& planned : grids) {
    std::map<bool, std::vector<double>> measured;  // by "needed only"
    std::map<bool, std::size_t> left;
    for (const SubmittedRun& run : planned.submission.runs) {
      if (!seen.insert(run.spec.run_id).second) {
        continue;
      }
      ++plan.total;
      threads = std::max(threads, run.resources.threads);
      const auto record = store.runs().get(run.spec.run_id);
      const bool is_needed = run.membership.is_needed_only;
      if (!record || !isDone(*record)) {
        ++left[is_needed];
        continue;
      }
      ++plan.done;
      if (record->started_ms && record->ended_ms && record->attempts == 1) {
        measured[is_needed].push_back(static_cast<double>(*record->ended_ms - *record->started_ms) /
                                      1000);
      }
    }
    plan.core_seconds += static_cast<double>(left[false]) *
                             expectedSeconds(measured[false], planned.grid.run_seconds) +
                         static_cast<double>(left[true]) *
                             expectedSeconds(measured[true], planned.grid.needed_seconds);
  }
  plan.at_once = std::max(1, cores / threads);
  plan.seconds = plan.core_seconds / plan.at_once;
  return plan;
}

std::string aboutDuration(double seconds) {
  if (seconds < 1.5 * kMinute) {
    return "about a minute";
  }
  if (seconds < 1.5 * kHour) {
    return fmt::format("about {:.0f} minutes", std::ceil(seconds / kMinute));
  }
  return fmt::format("about {:.1f} hours", seconds / kHour);
}

}  // namespace retort::cli
