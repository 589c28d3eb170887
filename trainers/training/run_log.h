#pragma once

#include "core/events/event_writer.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace retort::train {

/// What a run tells the world: its event file, with warnings repeated on standard error. An event
/// file that cannot be written (disk full) is reported once per episode and never ends a run.
class RunLog {
 public:
  explicit RunLog(std::unique_ptr<EventWriter> events);
  ~RunLog();
  RunLog(const RunLog&) = delete;
  RunLog& operator=(const RunLog&) = delete;

  void event(const std::string& kind, std::optional<std::int64_t> step, Json fields);
  void metrics(std::int64_t step, const std::vector<MetricPoint>& points);
  void warn(const std::string& message, std::optional<std::int64_t> step = std::nullopt);

  /// To be called between all parts of the work that may take long (batches of an evaluation,
  /// halves of a step): writes what has waited too long and a heartbeat when nothing else was
  /// written for a while.
  void tick();

  /// Writes what has waited; with `sync` to the disk itself.
  void flush(bool sync = false);

  /// Time spent in this class so far: what the event file costs a run.
  [[nodiscard]] double secondsSpent() const {
    return std::chrono::duration<double>(spent_).count();
  }

 private:
  class Stopwatch;

  using Clock = std::chrono::steady_clock;

  std::unique_ptr<EventWriter> events_;
  Clock::time_point last_event_;
  Clock::time_point last_flush_;
  Clock::time_point last_tick_;
  Clock::duration spent_{};
  std::int64_t heartbeats_ = 0;
};

}  // namespace retort::train
