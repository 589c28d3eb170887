#pragma once

#include "core/events/event.h"
#include "core/run/submission.h"
#include "storage/sqlite/statement.h"
#include "storage/workspace_store.h"
#include "tests/core/base/temp_folder.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace retort::storage {

using ::retort::testing::contentsOf;
using ::retort::testing::TempFolder;

inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// "0000000000000007"
inline std::string runId(int number) {
  std::string digits = std::to_string(number);
  return std::string(16 - digits.size(), '0') + digits;
}

inline SubmittedRun submittedRun(int number) {
  SubmittedRun run;
  run.spec.run_id = runId(number);
  run.spec.trainer = "retort-train";
  run.spec.release = "0.1.0";
  run.spec.settings = {{"seed", number},
                       {"train.learning_rate", 2e-5},
                       {"data.task", "sst2"},
                       {"freeze", Json::array({"o", "v"})}};
  run.name = "seed=" + std::to_string(number);
  run.resources = {0, 2, std::int64_t{1} << 30, 3600};
  run.membership.run_id = run.spec.run_id;
  run.membership.position = number;
  run.membership.labels = {{"loss", "map"}, {"freeze", "ov"}};
  run.membership.seed = number;
  return run;
}

/// Runs first … first + count - 1 as cells of one experiment.
inline Submission submissionOf(const std::string& name, int first, int count) {
  Submission submission;
  submission.experiment = name;
  submission.file = "/data/" + name + ".yaml";
  submission.text = "experiment: " + name + "\n";
  submission.report = {{"metric", "eval.accuracy"}, {"better", "max"}};
  for (int number = first; number < first + count; ++number) {
    submission.runs.push_back(submittedRun(number));
  }
  return submission;
}

inline Event eventOf(std::string kind,
                     int attempt,
                     std::int64_t time_ms,
                     Json fields = Json::object()) {
  Event event;
  event.kind = std::move(kind);
  event.attempt = attempt;
  event.time_ms = time_ms;
  event.fields = std::move(fields);
  return event;
}

inline Event openEvent(const std::string& run_id, int attempt, std::int64_t from_step = -1) {
  return eventOf("open",
                 attempt,
                 1000 * attempt,
                 {{"protocol", kEventProtocol}, {"run", run_id}, {"from_step", from_step}});
}

inline Event endEvent(int attempt, const std::string& status, std::int64_t time_ms = 9000) {
  return eventOf(
      "end", attempt, time_ms, {{"status", status}, {"exit_code", 0}, {"message", status}});
}

inline SeriesKey lossSeries() {
  SeriesKey key;
  key.metric = "train.loss";
  return key;
}

inline SeriesKey gradientSeries(int layer, const std::string& projection) {
  SeriesKey key;
  key.metric = "grad_norm";
  key.layer = layer;
  key.projection = projection;
  return key;
}

inline Event metricsEvent(int attempt,
                          std::int64_t step,
                          std::vector<MetricPoint> points,
                          std::int64_t time_ms = 0) {
  Event event;
  event.kind = "metrics";
  event.attempt = attempt;
  event.step = step;
  event.time_ms = time_ms != 0 ? time_ms : 1000 * attempt + step;
  event.points = std::move(points);
  event.fields = Json::object();
  return event;
}

inline Event lossEvent(int attempt, std::int64_t step, double value) {
  return metricsEvent(attempt, step, {{lossSeries(), value}});
}

/// Fails the test and ends it by throwing when a Result has no value; else gives it out.
template <class T>
T valueOf(Result<T> result) {
  if (!result) {
    ADD_FAILURE() << result.error().message;
    throw std::runtime_error(result.error().message);
  }
  return std::move(*result);
}

inline void expectOk(const Status& status) {
  EXPECT_TRUE(status) << status.error().message;
}

template <class T>
void expectError(const Result<T>& result, ErrorCode code, const std::string& part) {
  ASSERT_FALSE(result) << "expected an error with '" << part << "'";
  EXPECT_EQ(result.error().code, code) << result.error().message;
  EXPECT_NE(result.error().message.find(part), std::string::npos) << result.error().message;
}

/// A store in memory with runs 1 and 2.
class StoreTest : public ::testing::Test {
 protected:
  StoreTest() : store_(valueOf(WorkspaceStore::openInMemory())) {
    EXPECT_TRUE(valueOf(store_.runs().insertIfNew(submittedRun(1), 100)));
    EXPECT_TRUE(valueOf(store_.runs().insertIfNew(submittedRun(2), 200)));
  }

  /// Appends events as if they were the next `bytes` bytes of the file.
  Status ingest(const std::string& run_id, std::vector<Event> events, std::int64_t bytes = 100) {
    EventBatch batch;
    batch.run_id = run_id;
    batch.before = valueOf(store_.ingest().state(run_id));
    batch.after = batch.before;
    batch.after.offset += bytes;
    batch.after.first_line_sha256 = "first";
    for (const Event& event : events) {
      if (event.kind == "open") {
        batch.after.attempt = event.attempt;
      }
    }
    batch.events = std::move(events);
    return store_.ingest().append(batch);
  }

  std::vector<Point> pointsOf(const std::string& run_id, const SeriesKey& key) {
    for (const SeriesInfo& info : valueOf(store_.metrics().series(run_id))) {
      if (info.key == key) {
        return valueOf(store_.metrics().points(info.series_id));
      }
    }
    return {};
  }

  WorkspaceStore store_;
};

/// A run directory's event file, written as a trainer would.
class EventFileWriter {
 public:
  EventFileWriter(const std::filesystem::path& workspace, const std::string& run_id)
      : file_(WorkspacePaths{workspace}.run(run_id).events()) {
    std::filesystem::create_directories(file_.parent_path());
  }

  void append(const Event& event) const { appendText(formatEvent(event) + "\n"); }

  void appendText(const std::string& text) const {
    std::ofstream(file_, std::ios::binary | std::ios::app) << text;
  }

  [[nodiscard]] const std::filesystem::path& file() const { return file_; }

 private:
  std::filesystem::path file_;
};

/// A second connection to a workspace's database, for what no store does.
inline std::unique_ptr<Database> rawDatabase(const std::filesystem::path& workspace) {
  return valueOf(Database::open(WorkspacePaths{workspace}.database(), OpenMode::kCreate, 5000));
}

inline std::int64_t countOf(Database& database, const char* sql) {
  return valueOf(readInteger(database, sql));
}

}  // namespace retort::storage
