// Property: however the event file grows and wherever the ingesting process dies, the database ends
// with what one undisturbed reading of the final file gives.
#include "storage/event_follower.h"
#include "tests/storage/store_fixture.h"

#include <cstring>
#include <map>
#include <random>

namespace retort::storage {
namespace {

using Random = std::mt19937_64;

int below(Random& random, int limit) {
  return static_cast<int>(random() % static_cast<std::uint64_t>(limit));
}

// The lines of a run of several attempts, each killed somewhere and resumed from an earlier
// checkpoint.
std::vector<std::string> randomHistory(Random& random) {
  std::vector<std::string> lines;
  std::int64_t step = -1;
  const int attempts = 1 + below(random, 4);
  for (int attempt = 1; attempt <= attempts; ++attempt) {
    std::int64_t from_step = -1;
    if (step > 0 && below(random, 4) != 0) {
      from_step = below(random, static_cast<int>(step) + 1);
    }
    lines.push_back(formatEvent(openEvent(runId(1), attempt, from_step)));
    step = from_step;
    const int steps = below(random, 40);
    for (int i = 0; i < steps; ++i) {
      ++step;
      std::vector<MetricPoint> points = {{lossSeries(), static_cast<double>(random() % 1000)}};
      if (below(random, 3) == 0) {
        points.push_back(
            {gradientSeries(below(random, 3), "q"), below(random, 9) == 0 ? kNaN : 1.5});
      }
      lines.push_back(formatEvent(metricsEvent(attempt, step, points)));
      if (below(random, 10) == 0) {
        lines.push_back(formatEvent(eventOf("warning", attempt, 5, {{"message", "w"}})));
      }
    }
  }
  lines.push_back(formatEvent(eventOf("result", attempts, 6, {{"metrics", {{"a", 0.5}}}})));
  lines.push_back(formatEvent(endEvent(attempts, "finished")));
  return lines;
}

// Everything that came from the file, as one comparable text.
std::string contentsOf(WorkspaceStore& store) {
  std::string text;
  expectOk(store.metrics().forEachPoint({runId(1)}, std::nullopt, [&](const MetricRow& row) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &row.point.value, sizeof(bits));
    text += row.key.metric + "/" + std::to_string(row.key.layer.value_or(-1)) + " " +
            std::to_string(row.point.step) + " " + std::to_string(bits) + " " +
            std::to_string(row.time_ms) + "\n";
    return true;
  }));
  for (const LoggedEvent& logged : valueOf(store.events().list({}))) {
    text += formatEvent(logged.event) + "\n";
  }
  for (const StepTime& time : valueOf(store.metrics().stepTimes(runId(1)))) {
    text += std::to_string(time.step) + "@" + std::to_string(time.time_ms) + "\n";
  }
  const RunRecord run = valueOf(store.runs().get(runId(1)));
  const IngestState state = valueOf(store.ingest().state(runId(1)));
  return text + std::to_string(run.step) + " " + std::to_string(run.attempts) + " " +
         std::to_string(state.offset) + " " + state.first_line_sha256;
}

class ExactlyOnce : public ::testing::TestWithParam<int> {
 protected:
  // A store on disk; closing and opening it again is what a killed agent does.
  WorkspaceStore open(const TempFolder& folder) {
    WorkspaceStore store = valueOf(WorkspaceStore::open(folder.path(), Access::kCreate));
    valueOf(store.runs().insertIfNew(submittedRun(1), 1));
    return store;
  }

  std::string readInOneGo(const std::vector<std::string>& lines) {
    TempFolder folder;
    WorkspaceStore store = open(folder);
    const EventFileWriter file(folder.path(), runId(1));
    for (const std::string& line : lines) {
      file.appendText(line + "\n");
    }
    valueOf(EventFollower(store.ingest()).drain(runId(1), file.file()));
    return contentsOf(store);
  }

  // One step of the agent: some lines are read, and then perhaps the transaction is lost.
  void tick(WorkspaceStore& store, const EventFileWriter& file, Random& random) {
    EventFollower follower(store.ingest(), {200 + below(random, 4000), 1 << 20});
    const bool is_lost = below(random, 3) == 0;
    const Status status = store.write([&]() -> Status {
      valueOf(follower.advance(runId(1), file.file()));
      return is_lost ? fail(ErrorCode::kIo, "the agent died here") : Status();
    });
    EXPECT_EQ(static_cast<bool>(status), !is_lost);
  }
};

TEST_P(ExactlyOnce, RandomGrowthAndLostTransactionsEndWithTheSameRows) {
  Random random(static_cast<std::uint64_t>(GetParam()));
  const std::vector<std::string> lines = randomHistory(random);
  std::string whole;
  for (const std::string& line : lines) {
    whole += line + "\n";
  }
  TempFolder folder;
  WorkspaceStore store = open(folder);
  const EventFileWriter file(folder.path(), runId(1));

  std::size_t written = 0;
  while (written < whole.size()) {
    const auto piece = static_cast<std::size_t>(1 + below(random, 3000));
    file.appendText(whole.substr(written, piece));
    written += piece;
    tick(store, file, random);
    if (below(random, 8) == 0) {
      store = open(folder);
    }
  }
  valueOf(EventFollower(store.ingest()).drain(runId(1), file.file()));

  EXPECT_EQ(contentsOf(store), readInOneGo(lines));
}

INSTANTIATE_TEST_SUITE_P(Seeds, ExactlyOnce, ::testing::Range(1, 25));

// What must be in the database, computed without it: the last writer of each step wins, and an
// "open" cuts.
TEST(ExactlyOnceModel, AgreesWithAPlainModelOfTheProtocol) {
  for (int seed = 100; seed < 110; ++seed) {
    Random random(static_cast<std::uint64_t>(seed));
    std::map<std::pair<SeriesKey, std::int64_t>, double> model;
    TempFolder folder;
    const EventFileWriter file(folder.path(), runId(1));
    for (const std::string& line : randomHistory(random)) {
      file.appendText(line + "\n");
      const Event event = valueOf(parseEvent(line));
      if (event.kind == "open") {
        std::erase_if(model, [&](const auto& entry) {
          return entry.first.second > event.fields["from_step"].get<std::int64_t>();
        });
      }
      for (const MetricPoint& point : event.points) {
        model[{point.series, *event.step}] = point.value;
      }
    }
    WorkspaceStore store = valueOf(WorkspaceStore::openInMemory());
    valueOf(store.runs().insertIfNew(submittedRun(1), 1));
    valueOf(EventFollower(store.ingest(), {777, 1 << 20}).drain(runId(1), file.file()));

    std::size_t rows = 0;
    expectOk(store.metrics().forEachPoint({runId(1)}, std::nullopt, [&](const MetricRow& row) {
      const auto expected = model.find({row.key, row.point.step});
      EXPECT_NE(expected, model.end());
      if (expected != model.end() && expected->second == expected->second) {
        EXPECT_EQ(row.point.value, expected->second);
      }
      ++rows;
      return true;
    }));
    EXPECT_EQ(rows, model.size());
  }
}

}  // namespace
}  // namespace retort::storage
