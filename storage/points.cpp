#include "storage/points.h"

#include "storage/sqlite/statement.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace retort::storage {
namespace {

constexpr const char* kLoadSeries = R"sql(
SELECT series_id, metric, layer, head, projection, component FROM series WHERE run_number = ?1)sql";

constexpr const char* kInsertSeries = R"sql(
INSERT INTO series (run_number, metric, layer, head, projection, component)
VALUES (?1, ?2, ?3, ?4, ?5, ?6))sql";

constexpr const char* kInsertPoint =
    "INSERT OR REPLACE INTO points (series_id, step, value) VALUES (?1, ?2, ?3)";

constexpr const char* kDeletePointsAfter = R"sql(
DELETE FROM points
 WHERE series_id IN (SELECT series_id FROM series WHERE run_number = ?1) AND step > ?2)sql";

constexpr const char* kDeletePoints = R"sql(
DELETE FROM points WHERE series_id IN (SELECT series_id FROM series WHERE run_number = ?1))sql";

constexpr const char* kDeleteSeries = "DELETE FROM series WHERE run_number = ?1";

}  // namespace

PointWriter::PointWriter(Database& database, std::int64_t run_number)
    : database_(&database),
      run_number_(run_number) {}

Status PointWriter::loadSeries() {
  auto rows = readAll(
      *database_,
      kLoadSeries,
      [&](Statement& row) {
        std::int64_t series_id = row.takeInteger();
        series_.emplace(takeSeriesKey(row), series_id);
        return true;
      },
      run_number_);
  return rows ? Status() : failWith(rows.error());
}

Status PointWriter::add(const SeriesKey& key, const Point& point) {
  auto known = series_.find(key);
  if (known == series_.end()) {
    Status inserted = run(*database_,
                          kInsertSeries,
                          run_number_,
                          key.metric,
                          key.layer,
                          key.head,
                          key.projection,
                          key.component);
    if (!inserted) {
      return inserted;
    }
    known = series_.emplace(key, database_->lastInsertId()).first;
  }
  rows_.push_back({known->second, point});
  return {};
}

Status PointWriter::flush() {
  if (rows_.empty()) {
    return {};
  }
  // Stable: of two points for one step the later one must come last.
  std::stable_sort(rows_.begin(), rows_.end(), [](const Row& left, const Row& right) {
    return std::tie(left.series_id, left.point.step) < std::tie(right.series_id, right.point.step);
  });
  Result<Statement> insert = database_->prepare(kInsertPoint);
  if (!insert) {
    return failWith(insert.error());
  }
  for (const Row& row : rows_) {
    insert->bind(row.series_id, row.point.step, row.point.value);
    if (Status done = insert->finish(); !done) {
      return done;
    }
  }
  rows_.clear();
  return {};
}

Status PointWriter::deleteAfter(std::int64_t last_kept_step) {
  if (Status flushed = flush(); !flushed) {
    return flushed;
  }
  return run(*database_, kDeletePointsAfter, run_number_, last_kept_step);
}

Status deleteSeriesOfRun(Database& database, std::int64_t run_number) {
  if (Status done = run(database, kDeletePoints, run_number); !done) {
    return done;
  }
  return run(database, kDeleteSeries, run_number);
}

SeriesKey takeSeriesKey(Statement& row) {
  SeriesKey key;
  key.metric = row.takeText();
  key.layer = row.takeOptionalInt();
  key.head = row.takeOptionalInt();
  key.projection = row.takeText();
  key.component = row.takeText();
  return key;
}

}  // namespace retort::storage
