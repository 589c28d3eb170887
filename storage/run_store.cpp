#include "storage/run_store.h"

#include "storage/json_column.h"
#include "storage/points.h"
#include "storage/run_query.h"
#include "storage/sqlite/statement.h"
#include "storage/sqlite/transaction.h"

#include <iterator>

#include <fmt/format.h>

namespace retort::storage {
namespace {

constexpr const char* kInsertRun = R"sql(
INSERT INTO runs (run_id, name, trainer, release, state, priority,
                  gpus, threads, memory_bytes, time_limit_s, crashes, not_before_ms,
                  phase, step, total_steps, message, created_ms, started_ms, ended_ms, note)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)
ON CONFLICT (run_id) DO NOTHING)sql";

constexpr const char* kInsertSpec = "INSERT INTO run_specs (run_number, spec) VALUES (?1, ?2)";

constexpr const char* kInsertSetting = R"sql(
INSERT INTO run_settings (run_number, key, value) VALUES (?1, ?2, ?3))sql";

constexpr const char* kInsertNeed = R"sql(
INSERT OR IGNORE INTO run_needs (run_number, needed_run_id) VALUES (?1, ?2))sql";

// ?2: with the spec.
constexpr const char* kReadRun = R"sql(
SELECT r.run_id, r.trainer, r.release,
       iif(?2, (SELECT s.spec FROM run_specs s WHERE s.run_number = ?1), ''),
       r.name, r.state, r.priority, r.gpus, r.threads, r.memory_bytes, r.time_limit_s,
       (SELECT ifnull(max(a.attempt), 0) FROM attempts a WHERE a.run_number = ?1),
       r.crashes, r.not_before_ms, r.phase, r.step, r.total_steps, r.message,
       r.created_ms, r.started_ms, r.ended_ms, r.note,
       (SELECT json_group_array(t.tag) FROM run_tags t WHERE t.run_number = ?1)
  FROM runs r
 WHERE r.run_number = ?1)sql";

constexpr const char* kWaitingNeeds = R"sql(
SELECT r.run_id, n.needed_run_id
  FROM runs r JOIN run_needs n USING (run_number)
 WHERE r.state IN ('queued', 'paused', 'blocked')
 ORDER BY r.run_number, n.needed_run_id)sql";

constexpr const char* kIdsWithPrefix = R"sql(
SELECT run_id FROM runs WHERE substr(run_id, 1, length(?1)) = ?1 ORDER BY run_id LIMIT 10)sql";

// ?3: the state is terminal. ?4: the state is running.
constexpr const char* kSetState = R"sql(
UPDATE runs
   SET state = ?2, message = ?5, ended_ms = iif(?3, ?6, NULL),
       started_ms = iif(?4, ifnull(started_ms, ?6), started_ms)
 WHERE run_id = ?1)sql";

constexpr const char* kSetRetry = R"sql(
UPDATE runs SET crashes = ?2, not_before_ms = ?3 WHERE run_id = ?1)sql";

constexpr const char* kSetPriority = "UPDATE runs SET priority = ?2 WHERE run_id = ?1";

constexpr const char* kSetResources = R"sql(
UPDATE runs SET gpus = ?2, threads = ?3, memory_bytes = ?4, time_limit_s = ?5
 WHERE run_id = ?1)sql";

constexpr const char* kSetNote = "UPDATE runs SET note = ?2 WHERE run_id = ?1";

constexpr const char* kRunNumber = "SELECT run_number FROM runs WHERE run_id = ?1";

constexpr const char* kAddTag = R"sql(
INSERT OR IGNORE INTO run_tags (run_number, tag)
SELECT run_number, ?2 FROM runs WHERE run_id = ?1)sql";

constexpr const char* kRemoveTag = R"sql(
DELETE FROM run_tags
 WHERE tag = ?2 AND run_number = (SELECT run_number FROM runs WHERE run_id = ?1))sql";

constexpr const char* kRemoveRun = "DELETE FROM runs WHERE run_number = ?1";

constexpr const char* kStartAttempt = R"sql(
INSERT OR REPLACE INTO attempts (run_number, attempt, pid, start_ticks, boot_id, started_ms,
                                 ended_ms, exit_code, signal, message)
SELECT run_number, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10 FROM runs WHERE run_id = ?1)sql";

constexpr const char* kEndAttempt = R"sql(
UPDATE attempts SET ended_ms = ?3, exit_code = ?4, signal = ?5, message = ?6
 WHERE run_number = (SELECT run_number FROM runs WHERE run_id = ?1) AND attempt = ?2)sql";

constexpr const char* kListAttempts = R"sql(
SELECT attempt, pid, start_ticks, boot_id, started_ms, ended_ms, exit_code, signal, message
  FROM attempts
 WHERE run_number = (SELECT run_number FROM runs WHERE run_id = ?1)
 ORDER BY attempt)sql";

Error noSuchRun(std::string_view run_id) {
  return {ErrorCode::kNotFound, fmt::format("there is no run {} in this workspace", run_id)};
}

Result<std::int64_t> runNumber(Database& database, std::string_view run_id) {
  Result<std::int64_t> number = readInteger(database, kRunNumber, run_id);
  if (number && *number == 0) {
    return failWith(noSuchRun(run_id));
  }
  return number;
}

// For statements that change the one row of a run.
Status changedRun(const Database& database, const Status& done, std::string_view run_id) {
  if (done && database.changes() == 0) {
    return failWith(noSuchRun(run_id));
  }
  return done;
}

Result<RunSpec> readSpec(const std::string& text) {
  Result<Json> json = parseJsonColumn(text, "run spec");
  if (!json) {
    return failWith(json.error());
  }
  return runSpecFromJson(*json);
}

Result<RunRecord> readRun(Statement& row) {
  RunRecord run;
  run.spec.run_id = row.takeText();
  run.spec.trainer = row.takeText();
  run.spec.release = row.takeText();
  std::string spec_text = row.takeText();
  run.name = row.takeText();
  std::string state_name = row.takeText();
  run.priority = row.takeInt();
  run.resources.gpus = row.takeInt();
  run.resources.threads = row.takeInt();
  run.resources.memory_bytes = row.takeInteger();
  run.resources.time_limit_s = row.takeInteger();
  run.attempts = row.takeInt();
  run.crashes = row.takeInt();
  run.not_before_ms = row.takeInteger();
  run.phase = row.takeText();
  run.step = row.takeInteger();
  run.total_steps = row.takeInteger();
  run.message = row.takeText();
  run.created_ms = row.takeInteger();
  run.started_ms = row.takeOptionalInteger();
  run.ended_ms = row.takeOptionalInteger();
  run.note = row.takeText();
  Result<Json> tags = parseJsonColumn(row.takeText(), "list of tags");
  if (!tags) {
    return failWith(tags.error());
  }
  for (const Json& tag : *tags) {
    run.tags.push_back(tag.get<std::string>());
  }
  std::optional<RunState> state = runStateFromName(state_name);
  if (!state) {
    return fail(ErrorCode::kDatabase,
                fmt::format("run {} has the unknown state '{}'", run.spec.run_id, state_name));
  }
  run.state = *state;
  if (!spec_text.empty()) {
    Result<RunSpec> spec = readSpec(spec_text);
    if (!spec) {
      return failWith(withContext(spec.error(), "run " + run.spec.run_id));
    }
    run.spec = std::move(*spec);
  }
  return run;
}

AttemptRecord readAttempt(Statement& row) {
  AttemptRecord attempt;
  attempt.attempt = row.takeInt();
  attempt.process.pid = row.takeInteger();
  attempt.process.start_ticks = row.takeInteger();
  attempt.process.boot_id = row.takeText();
  attempt.started_ms = row.takeInteger();
  attempt.ended_ms = row.takeOptionalInteger();
  attempt.exit_code = row.takeOptionalInt();
  attempt.signal = row.takeOptionalInt();
  attempt.message = row.takeText();
  return attempt;
}

Status insertRow(Database& database, const RunRecord& run) {
  return retort::storage::run(database,
                              kInsertRun,
                              run.spec.run_id,
                              run.name,
                              run.spec.trainer,
                              run.spec.release,
                              runStateName(run.state),
                              run.priority,
                              run.resources.gpus,
                              run.resources.threads,
                              run.resources.memory_bytes,
                              run.resources.time_limit_s,
                              run.crashes,
                              run.not_before_ms,
                              run.phase,
                              run.step,
                              run.total_steps,
                              run.message,
                              run.created_ms,
                              run.started_ms,
                              run.ended_ms,
                              run.note);
}

Status insertSpecRows(Database& database, std::int64_t run_number, const RunSpec& spec) {
  if (Status done = run(database, kInsertSpec, run_number, canonicalJson(toJson(spec))); !done) {
    return done;
  }
  for (const auto& [key, value] : spec.settings) {
    if (Status done = run(database, kInsertSetting, run_number, key, canonicalJson(value)); !done) {
      return done;
    }
  }
  for (const std::string& needed : spec.neededRuns()) {
    if (Status done = run(database, kInsertNeed, run_number, needed); !done) {
      return done;
    }
  }
  return {};
}

// False when the id is known.
Result<bool> insertRecord(Database& database, const RunRecord& record) {
  if (Status done = insertRow(database, record); !done) {
    return failWith(done.error());
  }
  if (database.changes() == 0) {
    return false;
  }
  Status done = insertSpecRows(database, database.lastInsertId(), record.spec);
  if (!done) {
    return failWith(done.error());
  }
  return true;
}

Result<std::vector<RunRecord>> listRuns(Database& database, const RunFilter& filter) {
  return inRead(database, [&]() -> Result<std::vector<RunRecord>> {
    Result<std::vector<std::int64_t>> numbers = findRuns(database, filter);
    if (!numbers) {
      return failWith(numbers.error());
    }
    std::vector<RunRecord> runs;
    runs.reserve(numbers->size());
    for (std::int64_t number : *numbers) {
      auto rows = readAll(database, kReadRun, readRun, number, filter.with_spec);
      if (!rows) {
        return failWith(rows.error());
      }
      std::move(rows->begin(), rows->end(), std::back_inserter(runs));
    }
    return runs;
  });
}

}  // namespace

RunStore::RunStore(Database& database) : database_(&database) {}

Result<bool> RunStore::insertIfNew(const SubmittedRun& run, std::int64_t now_ms) {
  RunRecord record;
  record.spec = run.spec;
  record.name = run.name;
  record.priority = run.priority;
  record.resources = run.resources;
  record.created_ms = now_ms;
  return inWrite(*database_, [&] { return insertRecord(*database_, record); });
}

Status RunStore::insert(const RunRecord& record) {
  return inWrite(*database_, [&]() -> Status {
    Result<bool> is_new = insertRecord(*database_, record);
    if (!is_new) {
      return failWith(is_new.error());
    }
    if (!*is_new) {
      return fail(ErrorCode::kAlreadyExists,
                  fmt::format("run {} exists already", record.spec.run_id));
    }
    return changeTags(record.spec.run_id, record.tags, {});
  });
}

Result<RunRecord> RunStore::get(std::string_view run_id) {
  return inRead(*database_, [&]() -> Result<RunRecord> {
    Result<std::int64_t> number = runNumber(*database_, run_id);
    if (!number) {
      return failWith(number.error());
    }
    auto rows = readAll(*database_, kReadRun, readRun, *number, true);
    if (!rows) {
      return failWith(rows.error());
    }
    RETORT_CHECK(rows->size() == 1, "a run vanished inside a transaction");
    return std::move(rows->front());
  });
}

Result<std::vector<RunRecord>> RunStore::list(const RunFilter& filter) {
  return listRuns(*database_, filter);
}

Result<std::vector<RunNeed>> RunStore::needsOfWaitingRuns() {
  return readAll(*database_, kWaitingNeeds, [](Statement& row) {
    RunNeed need;
    need.run_id = row.takeText();
    need.needed_run_id = row.takeText();
    return need;
  });
}

Result<std::vector<std::string>> RunStore::idsWithPrefix(std::string_view prefix) {
  return readAll(
      *database_, kIdsWithPrefix, [](Statement& row) { return row.takeText(); }, prefix);
}

Status RunStore::setState(std::string_view run_id,
                          RunState state,
                          std::string_view message,
                          std::int64_t now_ms) {
  return inWrite(*database_, [&] {
    Status done = run(*database_,
                      kSetState,
                      run_id,
                      runStateName(state),
                      isTerminal(state),
                      state == RunState::kRunning,
                      message,
                      now_ms);
    return changedRun(*database_, done, run_id);
  });
}

Status RunStore::setRetry(std::string_view run_id, int crashes, std::int64_t not_before_ms) {
  return inWrite(*database_, [&] {
    Status done = run(*database_, kSetRetry, run_id, crashes, not_before_ms);
    return changedRun(*database_, done, run_id);
  });
}

Status RunStore::setPriority(std::string_view run_id, int priority) {
  return inWrite(*database_, [&] {
    return changedRun(*database_, run(*database_, kSetPriority, run_id, priority), run_id);
  });
}

Status RunStore::setResources(std::string_view run_id, const Resources& resources) {
  return inWrite(*database_, [&] {
    Status done = run(*database_,
                      kSetResources,
                      run_id,
                      resources.gpus,
                      resources.threads,
                      resources.memory_bytes,
                      resources.time_limit_s);
    return changedRun(*database_, done, run_id);
  });
}

Status RunStore::setNote(std::string_view run_id, std::string_view note) {
  return inWrite(*database_, [&] {
    return changedRun(*database_, run(*database_, kSetNote, run_id, note), run_id);
  });
}

Status RunStore::changeTags(std::string_view run_id,
                            const std::vector<std::string>& add,
                            const std::vector<std::string>& remove) {
  return inWrite(*database_, [&]() -> Status {
    if (Result<std::int64_t> known = runNumber(*database_, run_id); !known) {
      return failWith(known.error());
    }
    Status done;
    for (const std::string& tag : add) {
      if (done && !tag.empty()) {
        done = run(*database_, kAddTag, run_id, tag);
      }
    }
    for (const std::string& tag : remove) {
      if (done) {
        done = run(*database_, kRemoveTag, run_id, tag);
      }
    }
    return done;
  });
}

Status RunStore::remove(std::string_view run_id) {
  return inWrite(*database_, [&]() -> Status {
    Result<std::int64_t> number = runNumber(*database_, run_id);
    if (!number) {
      return failWith(number.error());
    }
    if (Status points = deleteSeriesOfRun(*database_, *number); !points) {
      return points;
    }
    return run(*database_, kRemoveRun, *number);
  });
}

Status RunStore::startAttempt(std::string_view run_id, const AttemptRecord& attempt) {
  return inWrite(*database_, [&] {
    Status done = run(*database_,
                      kStartAttempt,
                      run_id,
                      attempt.attempt,
                      attempt.process.pid,
                      attempt.process.start_ticks,
                      attempt.process.boot_id,
                      attempt.started_ms,
                      attempt.ended_ms,
                      attempt.exit_code,
                      attempt.signal,
                      attempt.message);
    return changedRun(*database_, done, run_id);
  });
}

Status RunStore::endAttempt(std::string_view run_id, const AttemptRecord& attempt) {
  return inWrite(*database_, [&]() -> Status {
    Status done = run(*database_,
                      kEndAttempt,
                      run_id,
                      attempt.attempt,
                      attempt.ended_ms,
                      attempt.exit_code,
                      attempt.signal,
                      attempt.message);
    if (done && database_->changes() == 0) {
      return fail(ErrorCode::kNotFound,
                  fmt::format("there is no attempt {} of run {}", attempt.attempt, run_id));
    }
    return done;
  });
}

Result<std::vector<AttemptRecord>> RunStore::attempts(std::string_view run_id) {
  return readAll(*database_, kListAttempts, readAttempt, run_id);
}

Result<std::optional<AttemptRecord>> RunStore::lastAttempt(std::string_view run_id) {
  Result<std::vector<AttemptRecord>> all = attempts(run_id);
  if (!all) {
    return failWith(all.error());
  }
  return all->empty() ? std::nullopt : std::optional(all->back());
}

}  // namespace retort::storage
