#include "storage/event_store.h"

#include "storage/json_column.h"
#include "storage/sqlite/statement.h"

namespace retort::storage {
namespace {

// ?1: the run or ''; ?2: JSON list of kinds or ''; ?5: newest first.
constexpr const char* kListEvents = R"sql(
SELECT e.event_id, r.run_id, e.kind, e.attempt, e.step, e.time_ms, e.fields
  FROM events e JOIN runs r USING (run_number)
 WHERE e.event_id > ?3
   AND (?1 = '' OR r.run_id = ?1)
   AND (?2 = '' OR e.kind IN (SELECT value FROM json_each(?2)))
 ORDER BY iif(?5, -e.event_id, e.event_id)
 LIMIT ?4)sql";

// The same for one run, so that its index is used.
constexpr const char* kListEventsOfRun = R"sql(
SELECT e.event_id, ?1, e.kind, e.attempt, e.step, e.time_ms, e.fields
  FROM events e
 WHERE e.run_number = (SELECT run_number FROM runs WHERE run_id = ?1)
   AND e.event_id > ?3
   AND (?2 = '' OR e.kind IN (SELECT value FROM json_each(?2)))
 ORDER BY iif(?5, -e.event_id, e.event_id)
 LIMIT ?4)sql";

Result<LoggedEvent> readEvent(Statement& row) {
  LoggedEvent logged;
  logged.event_id = row.takeInteger();
  logged.run_id = row.takeText();
  logged.event.kind = row.takeText();
  logged.event.attempt = row.takeInt();
  logged.event.step = row.takeOptionalInteger();
  logged.event.time_ms = row.takeInteger();
  Result<Json> fields = parseJsonColumn(row.takeText(), "event");
  if (!fields) {
    return failWith(fields.error());
  }
  logged.event.fields = std::move(*fields);
  return logged;
}

}  // namespace

EventStore::EventStore(Database& database) : database_(&database) {}

Result<std::vector<LoggedEvent>> EventStore::list(const EventFilter& filter) {
  return readAll(*database_,
                 filter.run_id.empty() ? kListEvents : kListEventsOfRun,
                 readEvent,
                 filter.run_id,
                 jsonList(filter.kinds),
                 filter.after_id,
                 filter.limit,
                 filter.newest_first);
}

}  // namespace retort::storage
