#include "storage/event_follower.h"

#include "tests/storage/store_fixture.h"

#include <sys/stat.h>

namespace retort::storage {
namespace {

class EventFollowerTest : public StoreTest {
 protected:
  FollowResult advance() { return valueOf(follower_.advance(runId(1), events_.file())); }

  FollowResult drain() { return valueOf(follower_.drain(runId(1), events_.file())); }

  std::int64_t offset() { return valueOf(store_.ingest().state(runId(1))).offset; }

  TempFolder folder_;
  EventFileWriter events_{folder_.path(), runId(1)};
  EventFollower follower_{store_.ingest()};
};

TEST_F(EventFollowerTest, WaitsForAFileThatIsNotThere) {
  const FollowResult result = advance();

  EXPECT_EQ(result.bytes, 0);
  EXPECT_FALSE(result.has_more);
}

TEST_F(EventFollowerTest, StoresNewLinesOnce) {
  events_.append(openEvent(runId(1), 1));
  events_.append(lossEvent(1, 1, 0.5));
  const FollowResult first = advance();
  EXPECT_EQ(first.bytes, static_cast<std::int64_t>(contentsOf(events_.file()).size()));
  EXPECT_EQ(first.metric_events, 1);
  EXPECT_EQ(first.last_step, 1);
  ASSERT_EQ(first.events.size(), 1U);
  EXPECT_EQ(first.events[0].kind, "open");

  EXPECT_EQ(advance().bytes, 0);
  events_.append(lossEvent(1, 2, 0.25));
  EXPECT_EQ(advance().metric_events, 1);

  EXPECT_EQ(pointsOf(runId(1), lossSeries()), (std::vector<Point>{{1, 0.5}, {2, 0.25}}));
}

TEST_F(EventFollowerTest, LeavesATornLastLineAloneUntilItIsWhole) {
  events_.append(openEvent(runId(1), 1));
  const std::string line = formatEvent(lossEvent(1, 1, 0.5)) + "\n";
  events_.appendText(line.substr(0, 20));
  advance();
  EXPECT_TRUE(pointsOf(runId(1), lossSeries()).empty());
  EXPECT_EQ(advance().bytes, 0);

  events_.appendText(line.substr(20));
  advance();

  EXPECT_EQ(pointsOf(runId(1), lossSeries()).size(), 1U);
}

TEST_F(EventFollowerTest, GoesOnWhenATornLineWasCutOffAndAnotherAttemptFollows) {
  events_.append(openEvent(runId(1), 1));
  events_.append(lossEvent(1, 1, 0.5));
  events_.appendText(R"({"kind": "metr)");
  advance();
  std::filesystem::resize_file(events_.file(), static_cast<std::uintmax_t>(offset()));
  events_.append(openEvent(runId(1), 2, 0));
  events_.append(lossEvent(2, 1, 0.75));

  const FollowResult result = advance();

  EXPECT_FALSE(result.was_replaced);
  EXPECT_EQ(pointsOf(runId(1), lossSeries()), (std::vector<Point>{{1, 0.75}}));
}

TEST_F(EventFollowerTest, ReportsHeartbeatsAndTheEnd) {
  events_.append(openEvent(runId(1), 1));
  events_.append(eventOf("heartbeat", 1, 50, {{"counter", 3}}));
  events_.append(endEvent(1, "finished"));

  const FollowResult result = advance();

  ASSERT_EQ(result.events.size(), 3U);
  EXPECT_EQ(result.events[1].fields["counter"], 3);
  EXPECT_EQ(result.events[2].fields["status"], "finished");
}

TEST_F(EventFollowerTest, ReadsAFileAgainThatWasReplaced) {
  events_.append(openEvent(runId(1), 1));
  events_.append(lossEvent(1, 1, 0.5));
  events_.append(lossEvent(1, 2, 0.5));
  advance();
  std::filesystem::remove(events_.file());
  Event open = openEvent(runId(1), 1);
  open.time_ms = 77777;
  events_.append(open);
  for (int step = 1; step <= 5; ++step) {
    events_.append(lossEvent(1, step * 10, 1.0));
  }

  const FollowResult result = advance();

  EXPECT_TRUE(result.was_replaced);
  EXPECT_EQ(pointsOf(runId(1), lossSeries()).size(), 5U);
  EXPECT_EQ(valueOf(store_.events().list({})).size(), 1U);
}

TEST_F(EventFollowerTest, ReadsAFileAgainThatWasTruncatedAndWrittenAnew) {
  events_.append(openEvent(runId(1), 1));
  events_.append(lossEvent(1, 1, 0.5));
  events_.append(lossEvent(1, 2, 0.5));
  advance();
  const std::string lines = contentsOf(events_.file());
  std::filesystem::resize_file(events_.file(), lines.find('\n') + 1);

  const FollowResult result = advance();

  EXPECT_TRUE(result.was_replaced);
  EXPECT_TRUE(pointsOf(runId(1), lossSeries()).empty());
  EXPECT_EQ(offset(), static_cast<std::int64_t>(lines.find('\n')) + 1);
}

TEST_F(EventFollowerTest, KeepsWhatIsStoredWhenTheFileIsEmptyOrGone) {
  events_.append(openEvent(runId(1), 1));
  events_.append(lossEvent(1, 1, 0.5));
  advance();

  std::filesystem::resize_file(events_.file(), 0);
  EXPECT_EQ(advance().bytes, 0);
  std::filesystem::remove(events_.file());
  EXPECT_EQ(advance().bytes, 0);

  EXPECT_EQ(pointsOf(runId(1), lossSeries()).size(), 1U);
}

TEST_F(EventFollowerTest, KeepsWhatIsStoredWhenTheFileIsReplacedByAnotherRuns) {
  events_.append(openEvent(runId(1), 1));
  events_.append(lossEvent(1, 1, 0.5));
  advance();
  std::filesystem::remove(events_.file());
  events_.append(openEvent(runId(2), 1));
  events_.append(lossEvent(1, 1, 99));
  events_.append(lossEvent(1, 2, 99));

  expectError(follower_.advance(runId(1), events_.file()), ErrorCode::kProtocol, "events.jsonl");

  EXPECT_EQ(pointsOf(runId(1), lossSeries()), (std::vector<Point>{{1, 0.5}}));
}

TEST_F(EventFollowerTest, RefusesAFileThatDoesNotOpenAsTheProtocolSays) {
  events_.append(lossEvent(1, 1, 0.5));
  expectError(follower_.advance(runId(1), events_.file()), ErrorCode::kProtocol, "events.jsonl");

  std::filesystem::remove(events_.file());
  events_.appendText("not json\n");
  expectError(follower_.advance(runId(1), events_.file()), ErrorCode::kProtocol, "events.jsonl");

  std::filesystem::remove(events_.file());
  Event future = openEvent(runId(1), 1);
  future.fields["protocol"] = 2;
  events_.append(future);
  expectError(follower_.advance(runId(1), events_.file()), ErrorCode::kProtocol, "events.jsonl");

  EXPECT_EQ(offset(), 0);
}

TEST_F(EventFollowerTest, SkipsAMalformedLineAndSaysSo) {
  events_.append(openEvent(runId(1), 1));
  const auto place = std::filesystem::file_size(events_.file());
  events_.appendText("{\"kind\": \"metrics\", oops}\n");
  events_.append(lossEvent(1, 1, 0.5));

  const FollowResult result = advance();

  ASSERT_EQ(result.damaged_lines.size(), 1U);
  EXPECT_NE(result.damaged_lines[0].find("byte " + std::to_string(place)), std::string::npos)
      << result.damaged_lines[0];
  EXPECT_EQ(pointsOf(runId(1), lossSeries()).size(), 1U);
  EventFilter warnings;
  warnings.kinds = {"warning"};
  EXPECT_EQ(valueOf(store_.events().list(warnings)).size(), 1U);
}

TEST_F(EventFollowerTest, ReadsABacklogInPieces) {
  follower_ = EventFollower(store_.ingest(), {512, 4096});
  events_.append(openEvent(runId(1), 1));
  for (int step = 1; step <= 100; ++step) {
    events_.append(lossEvent(1, step, step));
  }
  const FollowResult first = advance();
  EXPECT_TRUE(first.has_more);
  EXPECT_LE(first.bytes, 512);
  EXPECT_GT(first.bytes, 0);

  const FollowResult rest = drain();

  EXPECT_FALSE(rest.has_more);
  EXPECT_EQ(first.metric_events + rest.metric_events, 100);
  EXPECT_EQ(rest.last_step, 100);
  EXPECT_EQ(pointsOf(runId(1), lossSeries()).size(), 100U);
}

TEST_F(EventFollowerTest, ReadsALineThatIsLongerThanAPiece) {
  follower_ = EventFollower(store_.ingest(), {64, 1 << 20});
  events_.append(openEvent(runId(1), 1));
  std::vector<MetricPoint> points;
  for (int layer = 0; layer < 500; ++layer) {
    points.push_back({gradientSeries(layer, "q"), layer * 0.5});
  }
  events_.append(metricsEvent(1, 1, points));

  drain();

  EXPECT_EQ(valueOf(store_.metrics().series(runId(1))).size(), 500U);
}

TEST_F(EventFollowerTest, RefusesAnEndlessLine) {
  follower_ = EventFollower(store_.ingest(), {64, 1000});
  events_.append(openEvent(runId(1), 1));
  drain();
  events_.appendText(std::string(5000, 'x'));

  expectError(
      follower_.advance(runId(1), events_.file()), ErrorCode::kProtocol, "this is no event file");
}

TEST_F(EventFollowerTest, RefusesWhatIsNoRegularFile) {
  ASSERT_EQ(::mkfifo(events_.file().c_str(), 0600), 0);
  expectError(follower_.advance(runId(1), events_.file()), ErrorCode::kIo, "events.jsonl");

  std::filesystem::remove(events_.file());
  std::filesystem::create_directory(events_.file());
  EXPECT_FALSE(follower_.advance(runId(1), events_.file()));
}

TEST_F(EventFollowerTest, ReadsLinesWithCarriageReturnsAndEmptyOnesAsDamage) {
  events_.append(openEvent(runId(1), 1));
  events_.appendText("\n");
  events_.append(lossEvent(1, 1, 0.5));

  const FollowResult result = advance();

  EXPECT_EQ(result.damaged_lines.size(), 1U);
  EXPECT_EQ(result.metric_events, 1);
}

TEST_F(EventFollowerTest, JoinsTheTransactionOfTheTick) {
  events_.append(openEvent(runId(1), 1));
  events_.append(lossEvent(1, 1, 0.5));

  const Status status = store_.write([&]() -> Status {
    advance();
    return fail(ErrorCode::kIo, "something else of this tick failed");
  });

  EXPECT_FALSE(status);
  EXPECT_EQ(offset(), 0);
  EXPECT_EQ(advance().metric_events, 1);
}

TEST_F(EventFollowerTest, SaysWhenTheRunIsUnknown) {
  expectError(
      follower_.advance(runId(9), events_.file()), ErrorCode::kNotFound, "no run " + runId(9));
}

}  // namespace
}  // namespace retort::storage
