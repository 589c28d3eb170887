#include "storage/metric_store.h"

#include "storage/json_column.h"
#include "storage/points.h"
#include "storage/sqlite/statement.h"
#include "storage/sqlite/transaction.h"

#include <algorithm>
#include <cmath>

namespace retort::storage {
namespace {

constexpr std::int64_t kPieceRows = 4096;

// A curve whose points were all replaced by nothing (a resume from an earlier step) is no curve.
constexpr const char* kListSeries = R"sql(
SELECT s.series_id, s.metric, s.layer, s.head, s.projection, s.component
  FROM series s
 WHERE s.run_number = (SELECT run_number FROM runs WHERE run_id = ?1)
   AND (?2 IS NULL OR s.metric = ?2)
   AND EXISTS (SELECT 1 FROM points p WHERE p.series_id = s.series_id))sql";

constexpr const char* kMetricNames = R"sql(
SELECT DISTINCT s.metric
  FROM series s JOIN runs r USING (run_number)
 WHERE r.run_id IN (SELECT value FROM json_each(?1))
   AND EXISTS (SELECT 1 FROM points p WHERE p.series_id = s.series_id)
 ORDER BY s.metric)sql";

constexpr const char* kPointsAfter =
    "SELECT step, value FROM points WHERE series_id = ?1 AND step > ?2 ORDER BY step";

constexpr const char* kStepTimesAfter = R"sql(
SELECT step, time_ms FROM steps
 WHERE run_number = (SELECT run_number FROM runs WHERE run_id = ?1) AND step > ?2
 ORDER BY step)sql";

constexpr const char* kLatest = R"sql(
SELECT s.metric, s.layer, s.head, s.projection, s.component, p.step, p.value
  FROM series s JOIN points p ON p.series_id = s.series_id
 WHERE s.run_number = (SELECT run_number FROM runs WHERE run_id = ?1)
   AND (?2 IS NULL OR s.metric = ?2)
   AND p.step = (SELECT max(q.step) FROM points q WHERE q.series_id = s.series_id))sql";

constexpr const char* kResults = R"sql(
SELECT metric, value FROM results
 WHERE run_number = (SELECT run_number FROM runs WHERE run_id = ?1))sql";

constexpr const char* kExportPiece = R"sql(
SELECT p.step, p.value, ifnull(t.time_ms, 0)
  FROM points p
  LEFT JOIN steps t
    ON t.run_number = (SELECT run_number FROM series WHERE series_id = ?1) AND t.step = p.step
 WHERE p.series_id = ?1 AND p.step > ?2
 ORDER BY p.step
 LIMIT ?3)sql";

Point takePoint(Statement& row) {
  Point point;
  point.step = row.takeInteger();
  point.value = row.takeReal();
  return point;
}

// Fills in all but run and key.
Result<std::optional<SeriesSummary>> summarize(Database& database, std::int64_t series_id) {
  SeriesSummary summary;
  auto rows = readAll(
      database,
      kPointsAfter,
      [&](Statement& row) {
        Point point = takePoint(row);
        ++summary.count;
        summary.last = point;
        if (std::isnan(point.value)) {
          return false;
        }
        if (!summary.min || point.value < summary.min->value) {
          summary.min = point;
        }
        if (!summary.max || point.value > summary.max->value) {
          summary.max = point;
        }
        return true;
      },
      series_id,
      MetricStore::kFromStart);
  if (!rows) {
    return failWith(rows.error());
  }
  return summary.count == 0 ? std::nullopt : std::optional(summary);
}

}  // namespace

MetricStore::MetricStore(Database& database) : database_(&database) {}

Result<std::vector<SeriesInfo>> MetricStore::series(std::string_view run_id,
                                                    std::optional<std::string_view> metric) {
  auto found = readAll(
      *database_,
      kListSeries,
      [](Statement& row) {
        SeriesInfo info;
        info.series_id = row.takeInteger();
        info.key = takeSeriesKey(row);
        return info;
      },
      run_id,
      metric);
  if (found) {
    std::sort(found->begin(), found->end(), [](const SeriesInfo& left, const SeriesInfo& right) {
      return left.key < right.key;
    });
  }
  return found;
}

Result<std::vector<std::string>> MetricStore::metricNames(const std::vector<std::string>& run_ids) {
  if (run_ids.empty()) {
    return std::vector<std::string>();
  }
  return readAll(
      *database_, kMetricNames, [](Statement& row) { return row.takeText(); }, jsonList(run_ids));
}

Result<std::vector<Point>> MetricStore::points(std::int64_t series_id, std::int64_t after_step) {
  return readAll(*database_, kPointsAfter, takePoint, series_id, after_step);
}

Result<std::vector<StepTime>> MetricStore::stepTimes(std::string_view run_id,
                                                     std::int64_t after_step) {
  return readAll(
      *database_,
      kStepTimesAfter,
      [](Statement& row) {
        StepTime time;
        time.step = row.takeInteger();
        time.time_ms = row.takeInteger();
        return time;
      },
      run_id,
      after_step);
}

Result<std::vector<std::pair<SeriesKey, Point>>> MetricStore::latest(
    std::string_view run_id, std::optional<std::string_view> metric) {
  auto found = readAll(
      *database_,
      kLatest,
      [](Statement& row) {
        SeriesKey key = takeSeriesKey(row);
        return std::pair(std::move(key), takePoint(row));
      },
      run_id,
      metric);
  if (found) {
    std::sort(found->begin(), found->end(), [](const auto& left, const auto& right) {
      return left.first < right.first;
    });
  }
  return found;
}

Result<std::vector<SeriesSummary>> MetricStore::summaries(const std::vector<std::string>& run_ids,
                                                          std::string_view metric) {
  return inRead(*database_, [&]() -> Result<std::vector<SeriesSummary>> {
    std::vector<SeriesSummary> summaries;
    for (const std::string& run_id : run_ids) {
      Result<std::vector<SeriesInfo>> curves = series(run_id, metric);
      if (!curves) {
        return failWith(curves.error());
      }
      for (const SeriesInfo& curve : *curves) {
        Result<std::optional<SeriesSummary>> summary = summarize(*database_, curve.series_id);
        if (!summary) {
          return failWith(summary.error());
        }
        if (*summary) {
          (*summary)->run_id = run_id;
          (*summary)->key = curve.key;
          summaries.push_back(std::move(**summary));
        }
      }
    }
    return summaries;
  });
}

Result<std::map<std::string, double>> MetricStore::results(std::string_view run_id) {
  std::map<std::string, double> results;
  auto rows = readAll(
      *database_,
      kResults,
      [&](Statement& row) {
        std::string metric = row.takeText();
        results[metric] = row.takeReal();
        return true;
      },
      run_id);
  if (!rows) {
    return failWith(rows.error());
  }
  return results;
}

Status MetricStore::forEachPoint(const std::vector<std::string>& run_ids,
                                 std::optional<std::string_view> metric,
                                 const std::function<bool(const MetricRow&)>& row) {
  for (const std::string& run_id : run_ids) {
    Result<std::vector<SeriesInfo>> curves = series(run_id, metric);
    if (!curves) {
      return failWith(curves.error());
    }
    for (const SeriesInfo& curve : *curves) {
      Result<bool> go_on = exportCurve(run_id, curve, row);
      if (!go_on) {
        return failWith(go_on.error());
      }
      if (!*go_on) {
        return {};
      }
    }
  }
  return {};
}

Result<bool> MetricStore::exportCurve(const std::string& run_id,
                                      const SeriesInfo& curve,
                                      const std::function<bool(const MetricRow&)>& row) {
  std::int64_t after_step = kFromStart;
  while (true) {
    auto piece = readAll(
        *database_,
        kExportPiece,
        [&](Statement& columns) {
          MetricRow read;
          read.run_id = run_id;
          read.key = curve.key;
          read.point = takePoint(columns);
          read.time_ms = columns.takeInteger();
          return read;
        },
        curve.series_id,
        after_step,
        kPieceRows);
    if (!piece) {
      return failWith(piece.error());
    }
    for (const MetricRow& read : *piece) {
      if (!row(read)) {
        return false;
      }
    }
    if (static_cast<std::int64_t>(piece->size()) < kPieceRows) {
      return true;
    }
    after_step = piece->back().point.step;
  }
}

}  // namespace retort::storage
