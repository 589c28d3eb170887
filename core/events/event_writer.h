#pragma once

#include "core/events/event.h"

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace retort {

/// Appends events to a run's events.jsonl. Lines are buffered and written with one write() of whole
/// lines at least once a second (checked at every `append`) and at `flush`; a line that an earlier,
/// killed attempt left torn is cut off first. Used by one thread. Errors (disk full) are reported
/// once per episode by `takeError` and the lines are kept and tried again, up to 64 MiB: training
/// goes on.
class EventWriter {
 public:
  /// Opens (or creates) the file and writes the "open" line of `attempt`. kIo on failure.
  static Result<std::unique_ptr<EventWriter>> open(const std::filesystem::path& file,
                                                   const std::string& run_id,
                                                   int attempt,
                                                   std::int64_t from_step);
  ~EventWriter();
  EventWriter(const EventWriter&) = delete;
  EventWriter& operator=(const EventWriter&) = delete;

  /// Adds attempt and time and queues the line.
  void append(std::string kind, std::optional<std::int64_t> step, Json fields = Json::object());
  void appendMetrics(std::int64_t step, const std::vector<MetricPoint>& points);

  /// Writes all queued lines; with `sync` also fsync (before an exit and after a checkpoint).
  Status flush(bool sync = false);

  /// The error of the last failed write, once.
  [[nodiscard]] std::optional<Error> takeError();

  /// The attempt that the next opener of this file should use: one more than the last "open"
  /// line's.
  [[nodiscard]] static Result<int> nextAttempt(const std::filesystem::path& file);

 private:
  struct State;
  explicit EventWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace retort
