#pragma once

#include "core/base/result.h"
#include "core/run/run_record.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace retort::storage {
class WorkspaceStore;
}

namespace retort::cli {

/// How far one run is, as live views show it.
struct RunProgress {
  std::string run_id;
  std::string name;
  RunState state = RunState::kQueued;
  std::string phase;
  std::int64_t step = 0;
  std::int64_t total_steps = 0;  ///< 0: not known
  std::optional<double> steps_per_second;
  std::optional<double> seconds_left;
  std::string loss_name;
  std::optional<double> loss;
  std::string message;
  int attempts = 0;
  std::int64_t last_change_ms = 0;  ///< when it ended or started, else when it was made

  bool operator==(const RunProgress&) const = default;
};

/// How far a set of runs is.
struct GridProgress {
  std::string title;
  std::map<RunState, std::size_t> counts;
  std::size_t total = 0;
  std::vector<RunProgress> runs;  ///< all, in the order of the set
  std::int64_t now_ms = 0;

  [[nodiscard]] std::size_t count(RunState state) const;
  /// Running or stopping.
  [[nodiscard]] std::vector<const RunProgress*> active() const;
  /// Nothing runs, and nothing waits for its turn: all ended, or are blocked or paused.
  [[nodiscard]] bool isSettled() const;

  bool operator==(const GridProgress&) const = default;
};

/// Reads the progress of these runs; rates and losses only of those that are running. Runs that
/// were removed are left out.
[[nodiscard]] Result<GridProgress> loadProgress(storage::WorkspaceStore& store,
                                                const std::string& title,
                                                const std::vector<std::string>& run_ids);

/// The curve that stands for a run's loss: "train.loss", else the first of a name with "loss", else
/// the first.
[[nodiscard]] std::optional<SeriesKey> chooseLoss(const std::vector<SeriesKey>& keys);

/// "3 of 7 finished, 2 running, 2 queued": states without runs are left out.
[[nodiscard]] std::string countsText(const GridProgress& progress);

}  // namespace retort::cli
