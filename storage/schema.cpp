#include "storage/schema.h"

#include "storage/sqlite/database.h"
#include "storage/sqlite/statement.h"
#include "storage/sqlite/transaction.h"

#include <array>
#include <map>

#include <fmt/format.h>

namespace retort::storage {
namespace {

// The views call no JSON function: SQLite 3.40 allows none in a schema that is not trusted
// (`PRAGMA trusted_schema = OFF`, which every connection of ours sets).
constexpr const char* kVersion1 = R"sql(
CREATE TABLE runs (
  run_number INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  trainer TEXT NOT NULL,
  release TEXT NOT NULL,
  state TEXT NOT NULL,
  priority INTEGER NOT NULL,
  gpus INTEGER NOT NULL,
  threads INTEGER NOT NULL,
  memory_bytes INTEGER NOT NULL,
  time_limit_s INTEGER NOT NULL,
  crashes INTEGER NOT NULL DEFAULT 0,
  not_before_ms INTEGER NOT NULL DEFAULT 0,
  phase TEXT NOT NULL DEFAULT '',
  step INTEGER NOT NULL DEFAULT 0,
  total_steps INTEGER NOT NULL DEFAULT 0,
  message TEXT NOT NULL DEFAULT '',
  created_ms INTEGER NOT NULL,
  started_ms INTEGER,
  ended_ms INTEGER,
  note TEXT NOT NULL DEFAULT '',
  ingest_offset INTEGER NOT NULL DEFAULT 0,
  ingest_attempt INTEGER NOT NULL DEFAULT 0,
  ingest_first_line TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX runs_state ON runs (state);

-- Apart from runs, which are listed often and without it.
CREATE TABLE run_specs (
  run_number INTEGER PRIMARY KEY REFERENCES runs ON DELETE CASCADE,
  spec TEXT NOT NULL
) STRICT;

CREATE TABLE run_settings (
  run_number INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (run_number, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_needs (
  run_number INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  needed_run_id TEXT NOT NULL,
  PRIMARY KEY (run_number, needed_run_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_tags (
  run_number INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  tag TEXT NOT NULL,
  PRIMARY KEY (run_number, tag)
) STRICT, WITHOUT ROWID;

CREATE TABLE attempts (
  run_number INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  attempt INTEGER NOT NULL,
  pid INTEGER NOT NULL,
  start_ticks INTEGER NOT NULL,
  boot_id TEXT NOT NULL,
  started_ms INTEGER NOT NULL,
  ended_ms INTEGER,
  exit_code INTEGER,
  signal INTEGER,
  message TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (run_number, attempt)
) STRICT, WITHOUT ROWID;

CREATE TABLE experiments (
  experiment_id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  file TEXT NOT NULL,
  text TEXT NOT NULL,
  report TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  submission INTEGER NOT NULL
) STRICT;
CREATE INDEX experiments_name ON experiments (name, submission);

-- run_id refers to no row on purpose: tables say which runs of an experiment were removed.
CREATE TABLE experiment_runs (
  experiment_id INTEGER NOT NULL REFERENCES experiments ON DELETE CASCADE,
  item INTEGER NOT NULL,
  run_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  seed INTEGER,
  is_needed_only INTEGER NOT NULL,
  labels TEXT NOT NULL,
  PRIMARY KEY (experiment_id, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX experiment_runs_run ON experiment_runs (run_id);

-- The same labels with the order of their axes.
CREATE TABLE experiment_labels (
  experiment_id INTEGER NOT NULL REFERENCES experiments ON DELETE CASCADE,
  item INTEGER NOT NULL,
  axis INTEGER NOT NULL,
  factor TEXT NOT NULL,
  label TEXT NOT NULL,
  PRIMARY KEY (experiment_id, item, axis)
) STRICT, WITHOUT ROWID;

CREATE TABLE series (
  series_id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_number INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  metric TEXT NOT NULL,
  layer INTEGER,
  head INTEGER,
  projection TEXT NOT NULL,
  component TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX series_key
  ON series (run_number, metric, ifnull(layer, -1), ifnull(head, -1), projection, component);

-- No reference to series: checking it would cost a look-up for every point.
CREATE TABLE points (
  series_id INTEGER NOT NULL,
  step INTEGER NOT NULL,
  value REAL,
  PRIMARY KEY (series_id, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE steps (
  run_number INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  step INTEGER NOT NULL,
  time_ms INTEGER NOT NULL,
  PRIMARY KEY (run_number, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE results (
  run_number INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  metric TEXT NOT NULL,
  value REAL,
  PRIMARY KEY (run_number, metric)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
  event_id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_number INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  kind TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  step INTEGER,
  time_ms INTEGER NOT NULL,
  fields TEXT NOT NULL
) STRICT;
CREATE INDEX events_run ON events (run_number, event_id);

CREATE TABLE requests (
  request_id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  arguments TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  is_done INTEGER NOT NULL DEFAULT 0,
  error TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX requests_pending ON requests (request_id) WHERE is_done = 0;

CREATE TABLE lease (
  slot INTEGER PRIMARY KEY CHECK (slot = 1),
  pid INTEGER NOT NULL,
  start_ticks INTEGER NOT NULL,
  boot_id TEXT NOT NULL,
  host TEXT NOT NULL,
  heartbeat INTEGER NOT NULL,
  acquired_ms INTEGER NOT NULL
) STRICT;

CREATE VIEW v_runs AS
-- One row a run. Times are UTC milliseconds since 1970: datetime(created_ms / 1000, 'unixepoch').
-- spec: JSON, as in spec.yaml: spec ->> '$.settings.train.learning_rate'. tags: with ', ' between.
SELECT r.run_id, r.name, r.state, r.phase, r.step, r.total_steps, r.message, r.trainer, r.release,
       r.priority,
       (SELECT ifnull(max(a.attempt), 0) FROM attempts a WHERE a.run_number = r.run_number)
         AS attempts,
       r.created_ms, r.started_ms, r.ended_ms, r.note,
       (SELECT ifnull(group_concat(t.tag, ', '), '') FROM run_tags t
         WHERE t.run_number = r.run_number) AS tags,
       s.spec
  FROM runs r JOIN run_specs s ON s.run_number = r.run_number;

CREATE VIEW v_settings AS
-- One row a resolved setting of a run. value: JSON, so that texts are in quotes: value ->> '$'.
SELECT r.run_id, s.key, s.value
  FROM runs r JOIN run_settings s ON s.run_number = r.run_number;

CREATE VIEW v_cells AS
-- One row a run of an experiment, for the latest submission of each experiment's name.
-- labels: a JSON object, factor -> label: labels ->> 'distill'. is_needed_only: 1 for runs that
-- cells need (a teacher), which are no cells themselves. Removed runs stay here (not in v_runs).
SELECT e.name AS experiment, m.position, m.run_id, m.seed, m.is_needed_only, m.labels
  FROM experiment_runs m JOIN experiments e USING (experiment_id)
 WHERE e.submission =
       (SELECT max(n.submission) FROM experiments n WHERE n.name = e.name);

CREATE VIEW v_metrics AS
-- One row a point. layer and head: NULL where the metric has none; projection and component: ''.
-- value: NULL is not-a-number (NaN), Inf and -Inf are infinities.
-- time_ms: when the step was first reported.
SELECT r.run_id, s.metric, s.layer, s.head, s.projection, s.component, p.step, p.value, t.time_ms
  FROM runs r
  JOIN series s ON s.run_number = r.run_number
  JOIN points p ON p.series_id = s.series_id
  LEFT JOIN steps t ON t.run_number = r.run_number AND t.step = p.step;

CREATE VIEW v_final AS
-- One row a curve. last_value: of the highest step (NULL: NaN). min_value, max_value: NaN left out.
SELECT r.run_id, s.metric, s.layer, s.head, s.projection, s.component,
       (SELECT count(*) FROM points p WHERE p.series_id = s.series_id) AS points,
       (SELECT max(p.step) FROM points p WHERE p.series_id = s.series_id) AS last_step,
       (SELECT p.value FROM points p WHERE p.series_id = s.series_id ORDER BY p.step DESC LIMIT 1)
         AS last_value,
       (SELECT min(p.value) FROM points p WHERE p.series_id = s.series_id) AS min_value,
       (SELECT max(p.value) FROM points p WHERE p.series_id = s.series_id) AS max_value
  FROM runs r JOIN series s ON s.run_number = r.run_number;

CREATE VIEW v_results AS
-- One row a final number that a trainer reported at the end of a run;
-- "NAME_best" is at the best evaluation.
-- value: NULL is not-a-number (NaN).
SELECT r.run_id, f.metric, f.value
  FROM runs r JOIN results f ON f.run_number = r.run_number;
)sql";

constexpr std::array<const char*, 1> kMigrations = {kVersion1};

constexpr const char* kReadApplicationId = "PRAGMA application_id";
constexpr const char* kReadVersion = "PRAGMA user_version";
constexpr const char* kCountObjects = "SELECT count(*) FROM sqlite_schema";
// Pragmas take no parameters; the id is kApplicationId.
constexpr const char* kSetApplicationId = "PRAGMA application_id = 0x52747274";

// One statement for each version that can be reached, because pragmas take no parameters and SQL is
// not built from parts.
constexpr std::array<const char*, 9> kSetVersion = {"PRAGMA user_version = 0",
                                                    "PRAGMA user_version = 1",
                                                    "PRAGMA user_version = 2",
                                                    "PRAGMA user_version = 3",
                                                    "PRAGMA user_version = 4",
                                                    "PRAGMA user_version = 5",
                                                    "PRAGMA user_version = 6",
                                                    "PRAGMA user_version = 7",
                                                    "PRAGMA user_version = 8"};
static_assert(kMigrations.size() < kSetVersion.size(), "add the next version's statement");

constexpr const char* kReadObjects =
    "SELECT type, name, tbl_name, ifnull(sql, '') FROM sqlite_schema WHERE name NOT LIKE "
    "'sqlite\\_%' ESCAPE '\\'";

struct SchemaObject {
  std::string type;
  std::string name;
  std::string table;
  std::string sql;

  bool operator==(const SchemaObject&) const = default;
};

using SchemaObjects = std::map<std::string, SchemaObject>;

Result<SchemaObjects> readObjects(Database& database) {
  auto rows = readAll(database, kReadObjects, [](Statement& row) {
    SchemaObject object;
    object.type = row.takeText();
    object.name = row.takeText();
    object.table = row.takeText();
    object.sql = row.takeText();
    return object;
  });
  if (!rows) {
    return failWith(rows.error());
  }
  SchemaObjects objects;
  for (SchemaObject& object : *rows) {
    objects.emplace(object.name, object);
  }
  return objects;
}

// The objects that the migrations make, learnt by running them in memory; once a process.
const Result<SchemaObjects>& expectedObjects() {
  static const Result<SchemaObjects> objects = []() -> Result<SchemaObjects> {
    Result<std::unique_ptr<Database>> model = Database::openInMemory();
    if (!model) {
      return failWith(model.error());
    }
    if (Status migrated = migrate(**model, migrations()); !migrated) {
      return failWith(migrated.error());
    }
    return readObjects(**model);
  }();
  return objects;
}

Status changedSchema(const std::filesystem::path& file, const std::string& what) {
  return fail(
      ErrorCode::kDatabase,
      fmt::format("{}: {}; not opened, because a changed schema could run statements of its "
                  "own. Rebuild the database with 'retort reindex'",
                  file.string(),
                  what));
}

Result<SchemaState> readStateInside(Database& database) {
  Result<std::int64_t> application_id = readInteger(database, kReadApplicationId);
  if (!application_id) {
    return failWith(application_id.error());
  }
  Result<std::int64_t> version = readInteger(database, kReadVersion);
  if (!version) {
    return failWith(version.error());
  }
  Result<std::int64_t> object_count = readInteger(database, kCountObjects);
  if (!object_count) {
    return failWith(object_count.error());
  }
  return SchemaState{*application_id, *version, *object_count};
}

}  // namespace

std::span<const char* const> migrations() {
  return kMigrations;
}

Result<SchemaState> readSchemaState(Database& database) {
  // One snapshot: another process may create the database between two of these reads.
  return inTransaction(
      database, Transaction::Kind::kRead, [&] { return readStateInside(database); });
}

Status checkSchemaState(const SchemaState& state,
                        const std::filesystem::path& file,
                        bool is_writable) {
  auto current = static_cast<std::int64_t>(kMigrations.size());
  if (state.isBlank()) {
    return {};
  }
  if (state.application_id != kApplicationId) {
    return fail(ErrorCode::kDatabase,
                fmt::format("{}: a database of another program (application id {}), not a Retort "
                            "workspace",
                            file.string(),
                            state.application_id));
  }
  if (state.version < 1) {
    return fail(
        ErrorCode::kDatabase,
        fmt::format("{}: the database is damaged (schema {}); rebuild it with 'retort reindex'",
                    file.string(),
                    state.version));
  }
  if (state.version > current) {
    return fail(ErrorCode::kDatabase,
                fmt::format("{}: made by a newer version of Retort (schema {}, this program knows "
                            "{}); use that version, or rebuild with 'retort reindex'",
                            file.string(),
                            state.version,
                            current));
  }
  if (state.version < current && !is_writable) {
    return fail(
        ErrorCode::kDatabase,
        fmt::format("{}: made by an older version of Retort (schema {}, now {}) and cannot be "
                    "brought up to date while it is opened for reading only",
                    file.string(),
                    state.version,
                    current));
  }
  return {};
}

Status migrate(Database& database, std::span<const char* const> steps) {
  RETORT_CHECK(steps.size() < kSetVersion.size(), "too many migrations");
  return inWrite(database, [&]() -> Status {
    // Read again under the lock: another process may have been faster.
    Result<std::int64_t> version = readInteger(database, kReadVersion);
    if (!version) {
      return failWith(version.error());
    }
    if (*version < 0 || *version >= static_cast<std::int64_t>(steps.size())) {
      return {};
    }
    for (const char* step : steps.subspan(static_cast<std::size_t>(*version))) {
      if (Status done = database.execute(step); !done) {
        return failWith(withContext(done.error(), "migrating the workspace"));
      }
    }
    if (Status marked = database.execute(kSetApplicationId); !marked) {
      return marked;
    }
    return database.execute(kSetVersion[steps.size()]);
  });
}

Status checkSchemaObjects(Database& database, const std::filesystem::path& file) {
  const Result<SchemaObjects>& expected = expectedObjects();
  if (!expected) {
    return failWith(expected.error());
  }
  Result<SchemaObjects> found = readObjects(database);
  if (!found) {
    return failWith(found.error());
  }
  for (const auto& [name, object] : *expected) {
    auto other = found->find(name);
    if (other == found->end() || !(other->second == object)) {
      return changedSchema(file, fmt::format("the {} {} is missing or changed", object.type, name));
    }
  }
  for (const auto& [name, object] : *found) {
    bool is_on_ours = object.type == "index" && expected->contains(object.table);
    if (!expected->contains(name) && (object.type == "trigger" || is_on_ours)) {
      return changedSchema(file, fmt::format("it has an additional {} '{}'", object.type, name));
    }
  }
  return {};
}

}  // namespace retort::storage
