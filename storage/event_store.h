#pragma once

#include "core/base/result.h"
#include "core/events/event.h"

#include <cstdint>
#include <string>
#include <vector>

namespace retort::storage {

class Database;

/// An event as stored; `event.points` is empty, metrics are in MetricStore.
struct LoggedEvent {
  std::int64_t event_id = 0;  ///< grows with every event of the workspace: a cursor
  std::string run_id;
  Event event;

  bool operator==(const LoggedEvent&) const = default;
};

struct EventFilter {
  std::string run_id;              ///< empty: of all runs
  std::vector<std::string> kinds;  ///< any of these; empty: all
  std::int64_t after_id = 0;       ///< only newer ones
  std::int64_t limit = 1000;
  bool newest_first = false;
};

/// What happened besides metrics: attempts opened, phases, warnings, samples, checkpoints,
/// environments, results, ends.
class EventStore {
 public:
  explicit EventStore(Database& database);

  [[nodiscard]] Result<std::vector<LoggedEvent>> list(const EventFilter& filter);

 private:
  Database* database_;
};

}  // namespace retort::storage
