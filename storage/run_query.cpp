#include "storage/run_query.h"

#include "core/run/run_states.h"
#include "storage/json_column.h"
#include "storage/sqlite/statement.h"

#include <algorithm>
#include <string>

namespace retort::storage {
namespace {

// Conditions whose parameter is NULL or '' do not restrict; ?1 lists all states then, so that the
// index of the usual question, which runs wait or run, is used.
constexpr const char* kFindRuns = R"sql(
SELECT r.run_number
  FROM runs r
 WHERE r.state IN (SELECT value FROM json_each(?1))
   AND (?2 IS NULL OR r.run_id IN
        (SELECT m.run_id FROM experiment_runs m WHERE m.experiment_id = ?2))
   AND (?3 = '' OR r.run_id IN (SELECT value FROM json_each(?3)))
   AND (?4 = '' OR
        instr(lower(r.run_id || char(10) || r.name || char(10) || r.note), lower(?4)) > 0)
   AND (?5 = '' OR NOT EXISTS (SELECT 1 FROM json_each(?5) w WHERE NOT EXISTS (
          SELECT 1 FROM run_tags t WHERE t.run_number = r.run_number AND t.tag = w.value)))
 ORDER BY r.priority DESC, r.run_number
 LIMIT ?6)sql";

}  // namespace

Result<std::vector<std::int64_t>> findRuns(Database& database, const RunFilter& filter) {
  std::vector<std::string> states;
  for (RunState state : kRunStates) {
    bool is_wanted =
        filter.states.empty() ||
        std::find(filter.states.begin(), filter.states.end(), state) != filter.states.end();
    if (is_wanted) {
      states.emplace_back(runStateName(state));
    }
  }
  return readAll(
      database,
      kFindRuns,
      [](Statement& row) { return row.takeInteger(); },
      jsonList(states),
      filter.experiment_id,
      jsonList(filter.run_ids),
      filter.text,
      jsonList(filter.tags),
      filter.limit);
}

}  // namespace retort::storage
