#pragma once

#include "core/base/result.h"
#include "core/events/event.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace retort::storage {

class Database;

/// How far a run's events.jsonl is in the database.
struct IngestState {
  std::int64_t offset = 0;  ///< bytes of complete lines that are stored
  int attempt = 0;          ///< of the last "open" line; 0: none yet
  std::string
      first_line_sha256;  ///< of the file's first line; tells a replaced file; empty: none yet

  bool operator==(const IngestState&) const = default;
};

/// Events of one run on their way into the database: those between two byte offsets of its file.
struct EventBatch {
  std::string run_id;
  IngestState before;  ///< must be what is stored now
  IngestState after;
  std::vector<Event> events;
};

/// Events into rows, exactly once: the rows and the new offset are stored in the same transaction.
/// Usually called by EventFollower (storage/event_follower.h), not directly.
///
/// What each kind does: "open": a new attempt; points and step times after from_step are deleted,
/// results too. "metrics": points and the step's time; a point that exists is replaced. "phase":
/// the run's phase and total steps. "result": the final numbers. All kinds but metrics and
/// heartbeats are kept for EventStore; unknown kinds are skipped. Metrics of an attempt older than
/// the last opened one are ignored.
class IngestStore {
 public:
  explicit IngestStore(Database& database);

  [[nodiscard]] Result<IngestState> state(std::string_view run_id);

  /// Stores a batch. kNotFound: no such run. kDatabase: `before` is not what is stored (another
  /// process ingested); nothing changes then.
  Status append(const EventBatch& batch);

  /// Forgets all that came from the file (points, events, progress), so that it is read again from
  /// its first byte.
  Status restart(std::string_view run_id);

 private:
  Database* database_;
};

}  // namespace retort::storage
