#pragma once

#include "core/run/run_spec.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// The domain types of a workspace: what storage keeps, the agent changes, the command line and the
/// GUI show. Times are UTC milliseconds since 1970.
namespace retort {

/// queued -> running -> finished | diverged | failed | stopped;  stopping is running with a stop
/// requested; blocked is queued with a needed run that failed; paused is queued but held back by
/// the user.
enum class RunState {
  kQueued,
  kPaused,
  kBlocked,
  kRunning,
  kStopping,
  kStopped,  ///< stopped on purpose, can be resumed
  kFinished,
  kDiverged,  ///< a result: loss or gradients were not finite
  kFailed,
};

[[nodiscard]] std::string_view runStateName(RunState state);
[[nodiscard]] std::optional<RunState> runStateFromName(std::string_view name);
/// Finished, diverged, failed or stopped: nothing happens any more without a request.
[[nodiscard]] bool isTerminal(RunState state);

/// What a run may use of the machine at once.
struct Resources {
  int gpus = 0;
  int threads = 1;
  std::int64_t memory_bytes = 0;  ///< 0: unknown, not counted
  std::int64_t time_limit_s = 0;  ///< 0: none

  bool operator==(const Resources&) const = default;
};

/// A process that cannot be mistaken for another after its pid is used again.
struct ProcessIdentity {
  std::int64_t pid = 0;
  std::int64_t start_ticks = 0;  ///< field 22 of /proc/PID/stat
  std::string boot_id;           ///< /proc/sys/kernel/random/boot_id

  bool operator==(const ProcessIdentity&) const = default;
};

struct AttemptRecord {
  int attempt = 1;  ///< from 1
  ProcessIdentity process;
  std::int64_t started_ms = 0;
  std::optional<std::int64_t> ended_ms;
  std::optional<int> exit_code;
  std::optional<int> signal;
  std::string message;

  bool operator==(const AttemptRecord&) const = default;
};

struct RunRecord {
  RunSpec spec;
  std::string name;  ///< for people: "distill=map freeze=ov seed=2"
  RunState state = RunState::kQueued;
  int priority = 0;  ///< higher first, then first come first served
  Resources resources;
  int attempts = 0;
  int crashes = 0;                 ///< crashes since the last request to run or new checkpoint
  std::int64_t not_before_ms = 0;  ///< back-off after a crash
  std::string phase;               ///< the trainer's current phase
  std::int64_t step = 0;           ///< last step seen
  std::int64_t total_steps = 0;    ///< 0: not known yet
  std::string message;             ///< why it failed, stopped or waits
  std::int64_t created_ms = 0;
  std::optional<std::int64_t> started_ms;  ///< of the first attempt
  std::optional<std::int64_t> ended_ms;
  std::string note;
  std::vector<std::string> tags;

  bool operator==(const RunRecord&) const = default;
};

/// How a run belongs to an experiment. A run may belong to several.
struct ExperimentRun {
  std::string run_id;
  int position = 0;  ///< order of the expansion
  std::vector<std::pair<std::string, std::string>>
      labels;  ///< factor -> label, in the order of the axes
  std::optional<std::int64_t> seed;
  bool is_needed_only = false;  ///< a teacher that cells need, not a cell of the grid

  bool operator==(const ExperimentRun&) const = default;
};

struct ExperimentRecord {
  std::int64_t experiment_id = 0;
  std::string name;
  std::string file;  ///< absolute path of the experiment file, for people
  std::string text;  ///< its contents when it was submitted
  Json report;  ///< {metric, better, at, by: […], baseline: {factor: label}}, as in the file,
                ///< checked
  std::int64_t created_ms = 0;
  std::vector<ExperimentRun> runs;

  bool operator==(const ExperimentRecord&) const = default;
};

/// Which curve: a metric and its dimensions.
struct SeriesKey {
  std::string metric;
  std::optional<int> layer;
  std::optional<int> head;
  std::string projection;  ///< "q", "ffn1", "word_embeddings"; empty: none
  std::string component;   ///< a loss's name; empty: none

  auto operator<=>(const SeriesKey&) const = default;
};

struct Point {
  std::int64_t step = 0;
  double value = 0;  ///< may be NaN or infinite

  bool operator==(const Point&) const = default;
};

/// A wish of a user, carried out by the agent. `arguments` by kind:
///   "submit"    {experiment: …, runs: […]} (core/run/submission.h)
///   "stop", "resume", "retry", "pause", "unpause", "remove"    {run_ids: […]}
///   "priority"  {run_ids, priority}
///   "note"      {run_ids, note}
///   "tag"       {run_ids, add, remove}
///   "shutdown"  {stop_runs: bool}
struct Request {
  std::int64_t request_id = 0;
  std::string kind;
  Json arguments;
  std::int64_t created_ms = 0;
  bool is_done = false;
  std::string error;  ///< why it could not be carried out; empty: it was

  bool operator==(const Request&) const = default;
};

}  // namespace retort
