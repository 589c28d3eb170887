#pragma once

#include "core/base/result.h"
#include "core/events/event.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace retort::storage {

class IngestStore;

struct FollowLimits {
  std::int64_t piece_bytes =
      4 << 20;  ///< read per call of `advance`; a longer backlog takes more calls
  std::int64_t line_bytes = 32 << 20;  ///< a longer line is damage: the file is refused
};

/// What one call of `advance` did.
struct FollowResult {
  std::int64_t bytes = 0;  ///< of complete lines, now stored
  bool has_more = false;   ///< more complete lines may be waiting: call again
  bool was_replaced =
      false;  ///< the file was truncated or is another one: everything was read from its start
  std::vector<Event> events;  ///< all events but metrics (heartbeats included), in order
  std::int64_t metric_events = 0;
  std::int64_t last_step = -1;  ///< the highest step of this call's metrics; -1: none
  std::vector<std::string>
      damaged_lines;  ///< messages for malformed lines, which were skipped (and logged as warnings)
};

/// Follows a run's events.jsonl into the database. Has no state of its own: the position is in the
/// database, stored together with the rows, so that a killed follower neither loses nor repeats
/// anything.
class EventFollower {
 public:
  explicit EventFollower(IngestStore& ingest, FollowLimits limits = {});

  /// Reads the complete lines after the stored offset, up to the limits, and stores them in one
  /// transaction (or in the caller's `write`). No file yet, or nothing new: an empty result. A last
  /// line without newline waits. kProtocol: the file does not open with protocol 1 and this run, or
  /// has an endless line; nothing is stored. kIo: cannot be read. Errors of IngestStore as there.
  [[nodiscard]] Result<FollowResult> advance(const std::string& run_id,
                                             const std::filesystem::path& events_file);

  /// `advance` until nothing is left; results added up. For the end of a run and for reindex.
  [[nodiscard]] Result<FollowResult> drain(const std::string& run_id,
                                           const std::filesystem::path& events_file);

 private:
  IngestStore* ingest_;
  FollowLimits limits_;
};

}  // namespace retort::storage
