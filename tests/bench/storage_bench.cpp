// Measures the workspace database at the size of a large run: 200 curves of 5,000 steps. Prints the
// rate of ingestion in step-major batches as the agent makes them (alone and with the event file's
// JSON), the time to read one curve, all curves, the latest values and summaries, and the sizes of
// the files.
//   storage_bench [FOLDER]      works in a temporary folder below FOLDER (default: the system's)
#include "core/base/file.h"
#include "storage/event_follower.h"
#include "storage/workspace_store.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

namespace retort::storage {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int kSteps = 5000;
constexpr int kLayers = 25;
constexpr const char* kProjections[] = {"q", "k", "v", "o", "ffn1", "ffn2", "ln1", "ln2"};
constexpr int kCurves = kLayers * 8;

template <class T>
T valueOf(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "%s\n", result.error().message.c_str());
    std::exit(1);
  }
  return std::move(*result);
}

void check(const Status& status) {
  if (!status) {
    std::fprintf(stderr, "%s\n", status.error().message.c_str());
    std::exit(1);
  }
}

double millisecondsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

double medianOf(std::vector<double> values, double quantile = 0.5) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(quantile * static_cast<double>(values.size() - 1))];
}

std::string runId(int number) {
  const std::string digits = std::to_string(number);
  return std::string(16 - digits.size(), '0') + digits;
}

void addRun(WorkspaceStore& store, int number) {
  SubmittedRun run;
  run.spec.run_id = runId(number);
  run.spec.trainer = "retort-train";
  valueOf(store.runs().insertIfNew(run, 1));
}

Event openEvent(int number) {
  Event open;
  open.kind = "open";
  open.fields = {{"protocol", kEventProtocol}, {"run", runId(number)}, {"from_step", -1}};
  return open;
}

Event stepEvent(std::int64_t step) {
  Event event;
  event.kind = "metrics";
  event.step = step;
  event.time_ms = step;
  event.fields = Json::object();
  for (int layer = 0; layer < kLayers; ++layer) {
    for (const char* projection : kProjections) {
      MetricPoint point;
      point.series.metric = "grad_norm";
      point.series.layer = layer;
      point.series.projection = projection;
      point.value = static_cast<double>(std::rand()) / RAND_MAX;
      event.points.push_back(std::move(point));
    }
  }
  return event;
}

// `runs` runs side by side, each transaction takes `steps` steps of each of them.
void measureIngestion(WorkspaceStore& store, int first_run, int runs, int steps) {
  for (int run = 0; run < runs; ++run) {
    addRun(store, first_run + run);
  }
  std::vector<Event> events;
  for (int step = 0; step < kSteps; ++step) {
    events.push_back(stepEvent(step));
  }
  std::vector<double> times;
  std::int64_t largest_log = 0;
  const int total_steps = kSteps / runs;
  const auto start = Clock::now();
  for (int begin = 0; begin < total_steps; begin += steps) {
    const auto tick = Clock::now();
    check(store.write([&]() -> Status {
      for (int run = 0; run < runs; ++run) {
        EventBatch batch;
        batch.run_id = runId(first_run + run);
        batch.before = valueOf(store.ingest().state(batch.run_id));
        batch.after = {batch.before.offset + 1, 1, "h"};
        if (begin == 0) {
          batch.events.push_back(openEvent(first_run + run));
        }
        const int end = std::min(begin + steps, total_steps);
        batch.events.insert(batch.events.end(), events.begin() + begin, events.begin() + end);
        check(store.ingest().append(batch));
      }
      return {};
    }));
    times.push_back(millisecondsSince(tick));
    largest_log = std::max(largest_log, store.logBytes());
  }
  const double rows = static_cast<double>(total_steps) * runs * kCurves;
  std::printf(
      "ingest %d run(s), %2d steps a transaction: %4.0f k rows/s, transaction median %.1f ms, "
      "p99 %.1f ms, log at most %.1f MB\n",
      runs,
      steps,
      rows / millisecondsSince(start),
      medianOf(times),
      medianOf(times, 0.99),
      static_cast<double>(largest_log) / 1e6);
}

void measureFollowing(WorkspaceStore& store, const fs::path& folder, int number) {
  addRun(store, number);
  const fs::path file = folder / "events.jsonl";
  {
    std::ofstream stream(file);
    stream << formatEvent(openEvent(number)) << "\n";
    for (int step = 0; step < kSteps; ++step) {
      Event event = stepEvent(step);
      stream << formatEvent(event) << "\n";
    }
  }
  // formatEvent writes attempt 1, as the opened one.
  const auto start = Clock::now();
  const FollowResult result = valueOf(EventFollower(store.ingest()).drain(runId(number), file));
  const double time_ms = millisecondsSince(start);
  std::printf("follow an event file of %.0f MB: %.1f s, %.0f k rows/s\n",
              static_cast<double>(result.bytes) / 1e6,
              time_ms / 1e3,
              static_cast<double>(result.metric_events) * kCurves / time_ms);
}

void measure(const char* what, int repetitions, const std::function<void()>& body) {
  std::vector<double> times;
  for (int i = 0; i < repetitions; ++i) {
    const auto start = Clock::now();
    body();
    times.push_back(millisecondsSince(start));
  }
  std::printf("%s: first %.2f ms, median %.2f ms\n", what, times[0], medianOf(times));
}

void measureReading(const fs::path& workspace) {
  WorkspaceStore store = valueOf(WorkspaceStore::open(workspace, Access::kReadOnly));
  const auto curves = valueOf(store.metrics().series(runId(1)));
  std::size_t next = 0;
  measure("read one curve of 5,000 points", 50, [&] {
    const auto points = valueOf(store.metrics().points(curves[next++ % curves.size()].series_id));
    if (points.size() != kSteps) {
      std::exit(1);
    }
  });
  measure("read the last 10 points of one curve", 50, [&] {
    valueOf(store.metrics().points(curves[next++ % curves.size()].series_id, kSteps - 11));
  });
  measure("read all 200 curves of a run", 3, [&] {
    for (const SeriesInfo& curve : curves) {
      valueOf(store.metrics().points(curve.series_id));
    }
  });
  measure("latest values of 200 curves", 20, [&] { valueOf(store.metrics().latest(runId(1))); });
  measure("summaries of 200 curves", 3, [&] {
    valueOf(store.metrics().summaries({runId(1)}, "grad_norm"));
  });
  RunFilter waiting;
  waiting.states = {RunState::kQueued};
  waiting.with_spec = false;
  waiting.limit = 100;
  measure("find the first 100 of 10,000 waiting runs", 20, [&] {
    valueOf(store.runs().list(waiting));
  });
  RunFilter running;
  running.states = {RunState::kRunning, RunState::kStopping};
  measure(
      "find the running ones among 10,000 runs", 20, [&] { valueOf(store.runs().list(running)); });
  measure("read one run", 20, [&] { valueOf(store.runs().get(runId(9000))); });
  measure("data version", 100, [&] { valueOf(store.dataVersion()); });
}

int runBench(const fs::path& folder) {
  {
    WorkspaceStore store = valueOf(WorkspaceStore::open(folder, Access::kCreate));
    measureIngestion(store, 1, 1, 5);
    check(store.truncateLog());
    std::printf("database after 1,000,000 points: %.1f MB\n",
                static_cast<double>(fs::file_size(folder / "workspace.db")) / 1e6);
    measureIngestion(store, 2, 1, 40);
    measureIngestion(store, 3, 4, 5);
    measureFollowing(store, folder, 7);
    check(store.write([&]() -> Status {
      for (int number = 8; number <= 10000; ++number) {
        addRun(store, number);
      }
      return {};
    }));
    const auto start = Clock::now();
    check(store.runs().remove(runId(7)));
    std::printf("remove a run of 1,000,000 points: %.0f ms\n", millisecondsSince(start));
  }
  const auto start = Clock::now();
  valueOf(WorkspaceStore::open(folder, Access::kReadOnly));
  std::printf("open: %.1f ms\n", millisecondsSince(start));
  measureReading(folder);
  return 0;
}

}  // namespace
}  // namespace retort::storage

int main(int argc, char** argv) {
  const std::filesystem::path parent =
      argc > 1 ? std::filesystem::path(argv[1]) : std::filesystem::temp_directory_path();
  std::string folder = (parent / "storage-bench-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) {
    std::perror(folder.c_str());
    return 1;
  }
  const int code = retort::storage::runBench(folder);
  std::filesystem::remove_all(folder);
  return code;
}
