#pragma once

#include "core/base/result.h"
#include "core/run/run_record.h"
#include "core/run/submission.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace retort::storage {

class Database;

/// Which runs to list; conditions left out do not restrict.
struct RunFilter {
  std::optional<std::int64_t> experiment_id;
  std::vector<RunState> states;      ///< any of these
  std::vector<std::string> run_ids;  ///< any of these
  std::string text;  ///< part of the run id, the name or the note; ASCII case does not count
  std::vector<std::string> tags;  ///< all of these
  std::int64_t limit = -1;        ///< -1: no limit
  bool with_spec = true;  ///< false: spec.settings and spec.inputs stay empty, which makes long
                          ///< lists much cheaper
};

/// `run_id` cannot start before `needed_run_id` has finished.
struct RunNeed {
  std::string run_id;
  std::string needed_run_id;

  bool operator==(const RunNeed&) const = default;
};

/// Runs and their attempts. Progress (phase, step, total steps) is written by IngestStore, not
/// here. Methods that change a run return kNotFound when there is none with that id.
class RunStore {
 public:
  explicit RunStore(Database& database);

  /// Adds a queued run with its settings and needs; returns false, changing nothing, when the id is
  /// known.
  [[nodiscard]] Result<bool> insertIfNew(const SubmittedRun& run, std::int64_t now_ms);

  /// Takes over a whole record (for reindex and tests); kAlreadyExists when the id is known.
  /// `attempts` is not taken from it: it is the highest attempt number that `startAttempt` or an
  /// "open" event has recorded.
  Status insert(const RunRecord& record);

  [[nodiscard]] Result<RunRecord> get(std::string_view run_id);

  /// In the order of the queue: higher priority first, then the order of submission.
  [[nodiscard]] Result<std::vector<RunRecord>> list(const RunFilter& filter = {});

  /// The needs of all runs that are queued, paused or blocked.
  [[nodiscard]] Result<std::vector<RunNeed>> needsOfWaitingRuns();

  /// The ids that start with `prefix` (for "retort show 3f2a"), at most 10, sorted.
  [[nodiscard]] Result<std::vector<std::string>> idsWithPrefix(std::string_view prefix);

  /// Changes state and message. A terminal state sets ended_ms to `now_ms`, any other clears it;
  /// the first kRunning sets started_ms.
  Status setState(std::string_view run_id,
                  RunState state,
                  std::string_view message,
                  std::int64_t now_ms);

  /// Back-off after a crash; (0, 0) when a user asked to run again.
  Status setRetry(std::string_view run_id, int crashes, std::int64_t not_before_ms);

  Status setPriority(std::string_view run_id, int priority);
  Status setResources(std::string_view run_id, const Resources& resources);
  Status setNote(std::string_view run_id, std::string_view note);
  /// Adds and removes tags; empty tags and tags the run has (or has not) already are ignored.
  Status changeTags(std::string_view run_id,
                    const std::vector<std::string>& add,
                    const std::vector<std::string>& remove);

  /// Removes the run with its attempts, points and events. Experiments still name it, so that
  /// tables can say that it is missing. The caller deletes the run directory afterwards.
  Status remove(std::string_view run_id);

  /// Records the start of an attempt; an attempt with this number is replaced.
  Status startAttempt(std::string_view run_id, const AttemptRecord& attempt);
  /// Fills in ended_ms, exit code, signal and message of the attempt with this number (kNotFound:
  /// there is none).
  Status endAttempt(std::string_view run_id, const AttemptRecord& attempt);
  /// All attempts, oldest first. Attempts known only from "open" events have an empty process.
  [[nodiscard]] Result<std::vector<AttemptRecord>> attempts(std::string_view run_id);
  [[nodiscard]] Result<std::optional<AttemptRecord>> lastAttempt(std::string_view run_id);

 private:
  Database* database_;
};

}  // namespace retort::storage
