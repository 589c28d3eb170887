#include "storage/ingest_store.h"

#include "core/base/text.h"
#include "storage/points.h"
#include "storage/sqlite/statement.h"
#include "storage/sqlite/transaction.h"

#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>

namespace retort::storage {
namespace {

constexpr const char* kReadState = R"sql(
SELECT run_number, ingest_offset, ingest_attempt, ingest_first_line, step, phase, total_steps
  FROM runs WHERE run_id = ?1)sql";

constexpr const char* kSaveState = R"sql(
UPDATE runs
   SET ingest_offset = ?2, ingest_attempt = ?3, ingest_first_line = ?4,
       step = ?5, phase = ?6, total_steps = ?7
 WHERE run_number = ?1)sql";

constexpr const char* kInsertStep =
    "INSERT OR IGNORE INTO steps (run_number, step, time_ms) VALUES (?1, ?2, ?3)";

constexpr const char* kDeleteStepsAfter = "DELETE FROM steps WHERE run_number = ?1 AND step > ?2";

constexpr const char* kInsertResult =
    "INSERT OR REPLACE INTO results (run_number, metric, value) VALUES (?1, ?2, ?3)";

constexpr const char* kDeleteResults = "DELETE FROM results WHERE run_number = ?1";

constexpr const char* kInsertAttempt = R"sql(
INSERT OR IGNORE INTO attempts (run_number, attempt, pid, start_ticks, boot_id, started_ms)
VALUES (?1, ?2, 0, 0, '', ?3))sql";

constexpr const char* kInsertEvent = R"sql(
INSERT INTO events (run_number, kind, attempt, step, time_ms, fields)
VALUES (?1, ?2, ?3, ?4, ?5, ?6))sql";

constexpr const char* kDeleteEvents = "DELETE FROM events WHERE run_number = ?1";

// Kinds that are kept as rows; metrics are points, heartbeats leave no trace.
constexpr std::array<std::string_view, 8> kLoggedKinds = {
    "open", "environment", "phase", "warning", "sample", "checkpoint", "result", "end"};

struct RunProgress {
  std::int64_t run_number = 0;
  IngestState ingest;
  std::int64_t step = 0;
  std::string phase;
  std::int64_t total_steps = 0;
};

Result<RunProgress> readProgress(Database& database, std::string_view run_id) {
  auto found = readFirst(
      database,
      kReadState,
      [](Statement& row) {
        RunProgress progress;
        progress.run_number = row.takeInteger();
        progress.ingest.offset = row.takeInteger();
        progress.ingest.attempt = row.takeInt();
        progress.ingest.first_line_sha256 = row.takeText();
        progress.step = row.takeInteger();
        progress.phase = row.takeText();
        progress.total_steps = row.takeInteger();
        return progress;
      },
      run_id);
  if (!found) {
    return failWith(found.error());
  }
  if (!found->has_value()) {
    return fail(ErrorCode::kNotFound, fmt::format("there is no run {} in this workspace", run_id));
  }
  return std::move(**found);
}

Status saveProgress(Database& database, const RunProgress& progress) {
  return run(database,
             kSaveState,
             progress.run_number,
             progress.ingest.offset,
             progress.ingest.attempt,
             progress.ingest.first_line_sha256,
             progress.step,
             progress.phase,
             progress.total_steps);
}

// A number of an event's field: non-finite ones are texts.
std::optional<double> numberOf(const Json& value) {
  if (value.is_number()) {
    return value.get<double>();
  }
  return value.is_string() ? parseDouble(value.get_ref<const std::string&>()) : std::nullopt;
}

// Turns the events of one batch into rows.
class EventApplier {
 public:
  EventApplier(Database& database, RunProgress& progress)
      : database_(&database),
        progress_(&progress),
        points_(database, progress.run_number) {}

  Status apply(const std::vector<Event>& events) {
    Status done = points_.loadSeries();
    for (const Event& event : events) {
      if (!done) {
        return done;
      }
      done = applyOne(event);
    }
    return done ? points_.flush() : done;
  }

 private:
  Status applyOne(const Event& event) {
    if (event.kind == "metrics") {
      return applyMetrics(event);
    }
    if (std::find(kLoggedKinds.begin(), kLoggedKinds.end(), event.kind) == kLoggedKinds.end()) {
      return {};
    }
    Status done = applyFields(event);
    if (!done) {
      return done;
    }
    return run(*database_,
               kInsertEvent,
               progress_->run_number,
               event.kind,
               event.attempt,
               event.step,
               event.time_ms,
               canonicalJson(event.fields));
  }

  Status applyFields(const Event& event) {
    if (event.kind == "open") {
      return applyOpen(event);
    }
    if (event.kind == "phase") {
      progress_->phase = event.fields.value("name", Json()).is_string()
                             ? event.fields["name"].get<std::string>()
                             : std::string();
      std::optional<double> total = numberOf(event.fields.value("total_steps", Json()));
      if (total && *total >= 0 && *total < kMaxSteps) {
        progress_->total_steps = static_cast<std::int64_t>(*total);
      }
      return {};
    }
    return event.kind == "result" ? applyResult(event) : Status();
  }

  Status applyOpen(const Event& event) {
    std::int64_t from_step = -1;
    if (auto field = event.fields.find("from_step");
        field != event.fields.end() && field->is_number_integer()) {
      from_step = field->get<std::int64_t>();
    }
    progress_->ingest.attempt = event.attempt;
    progress_->step = std::min(progress_->step, std::max<std::int64_t>(from_step, 0));
    Status done = points_.deleteAfter(from_step);
    if (done) {
      done = run(*database_, kDeleteStepsAfter, progress_->run_number, from_step);
    }
    if (done) {
      done = run(*database_, kDeleteResults, progress_->run_number);
    }
    if (done) {
      done = run(*database_, kInsertAttempt, progress_->run_number, event.attempt, event.time_ms);
    }
    return done;
  }

  Status applyMetrics(const Event& event) {
    if (event.attempt != progress_->ingest.attempt || !event.step) {
      return {};
    }
    progress_->step = std::max(progress_->step, *event.step);
    for (const MetricPoint& point : event.points) {
      if (Status added = points_.add(point.series, {*event.step, point.value}); !added) {
        return added;
      }
    }
    return run(*database_, kInsertStep, progress_->run_number, *event.step, event.time_ms);
  }

  Status applyResult(const Event& event) {
    auto metrics = event.fields.find("metrics");
    if (metrics == event.fields.end() || !metrics->is_object()) {
      return {};
    }
    for (const auto& [name, value] : metrics->items()) {
      std::optional<double> number = numberOf(value);
      if (!number) {
        continue;
      }
      Status done = run(*database_, kInsertResult, progress_->run_number, name, *number);
      if (!done) {
        return done;
      }
    }
    return {};
  }

  static constexpr double kMaxSteps = 9e15;  // whole numbers that a double holds exactly

  Database* database_;
  RunProgress* progress_;
  PointWriter points_;
};

Status forgetRows(Database& database, std::int64_t run_number) {
  Status done = deleteSeriesOfRun(database, run_number);
  if (done) {
    done = run(database, kDeleteStepsAfter, run_number, std::numeric_limits<std::int64_t>::min());
  }
  if (done) {
    done = run(database, kDeleteResults, run_number);
  }
  return done ? run(database, kDeleteEvents, run_number) : done;
}

}  // namespace

IngestStore::IngestStore(Database& database) : database_(&database) {}

Result<IngestState> IngestStore::state(std::string_view run_id) {
  Result<RunProgress> progress = readProgress(*database_, run_id);
  if (!progress) {
    return failWith(progress.error());
  }
  return std::move(progress->ingest);
}

Status IngestStore::append(const EventBatch& batch) {
  return inWrite(*database_, [&]() -> Status {
    Result<RunProgress> progress = readProgress(*database_, batch.run_id);
    if (!progress) {
      return failWith(progress.error());
    }
    if (progress->ingest != batch.before) {
      return fail(ErrorCode::kDatabase,
                  fmt::format("events of run {} are stored up to byte {}, not {}: another process "
                              "has ingested them",
                              batch.run_id,
                              progress->ingest.offset,
                              batch.before.offset));
    }
    EventApplier applier(*database_, *progress);
    if (Status applied = applier.apply(batch.events); !applied) {
      return applied;
    }
    progress->ingest = batch.after;
    return saveProgress(*database_, *progress);
  });
}

Status IngestStore::restart(std::string_view run_id) {
  return inWrite(*database_, [&]() -> Status {
    Result<RunProgress> progress = readProgress(*database_, run_id);
    if (!progress) {
      return failWith(progress.error());
    }
    if (Status forgotten = forgetRows(*database_, progress->run_number); !forgotten) {
      return forgotten;
    }
    RunProgress fresh;
    fresh.run_number = progress->run_number;
    return saveProgress(*database_, fresh);
  });
}

}  // namespace retort::storage
