#include "core/events/event_writer.h"

#include "core/base/text.h"
#include "tests/core/base/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <thread>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace retort {
namespace {

using testing::contentsOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TempFolder;

constexpr const char* kRunId = "0123456789abcdef";

/// The events of a file; every line must be complete and valid.
std::vector<Event> eventsOf(const std::filesystem::path& file) {
  std::vector<Event> events;
  std::vector<std::string> lines = splitString(contentsOf(file), '\n');
  EXPECT_EQ(lines.back(), "") << "a torn last line";
  lines.pop_back();
  for (const std::string& line : lines) {
    const auto event = parseEvent(line);
    EXPECT_TRUE(event) << line;
    if (event) {
      events.push_back(*event);
    }
  }
  return events;
}

std::unique_ptr<EventWriter> openWriter(const std::filesystem::path& file, int attempt = 1) {
  auto writer = EventWriter::open(file, kRunId, attempt, -1);
  EXPECT_TRUE(writer) << writer.error().message;
  return writer ? std::move(*writer) : nullptr;
}

/// While it lives, no file of this process can grow beyond `bytes`: a full disk.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }

  ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }

  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
};

TEST(EventWriter, OpensWithTheProtocolLine) {
  const TempFolder folder;
  const auto file = folder / "events.jsonl";
  const auto writer = EventWriter::open(file, kRunId, 3, 120);
  ASSERT_TRUE(writer);
  const auto events = eventsOf(file);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_TRUE(checkOpening(events[0], kRunId));
  EXPECT_EQ(events[0].attempt, 3);
  EXPECT_EQ(events[0].fields["from_step"], Json(120));
  EXPECT_GT(events[0].time_ms, 1'700'000'000'000);
}

TEST(EventWriter, QueuesUntilFlushed) {
  const TempFolder folder;
  const auto file = folder / "events.jsonl";
  auto writer = openWriter(file);
  writer->append("phase", std::nullopt, {{"name", "train"}});
  writer->appendMetrics(1, {{{"train.loss", {}, {}, "", ""}, 0.25}});
  EXPECT_EQ(eventsOf(file).size(), 1U);
  ASSERT_TRUE(writer->flush(true));
  const auto events = eventsOf(file);
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[1].kind, "phase");
  EXPECT_EQ(events[2].step, 1);
  EXPECT_EQ(events[2].points.at(0).value, 0.25);
}

TEST(EventWriter, WritesAtTheEnd) {
  const TempFolder folder;
  const auto file = folder / "events.jsonl";
  openWriter(file)->append("heartbeat", std::nullopt, {{"counter", 1}});
  EXPECT_EQ(eventsOf(file).size(), 2U);
}

TEST(EventWriter, WritesOnceASecondByItself) {
  const TempFolder folder;
  const auto file = folder / "events.jsonl";
  auto writer = openWriter(file);
  writer->append("a", std::nullopt);
  std::this_thread::sleep_for(std::chrono::milliseconds(1050));
  writer->append("b", std::nullopt);
  EXPECT_EQ(eventsOf(file).size(), 3U);
}

TEST(EventWriter, WritesALargeQueueAtOnce) {
  const TempFolder folder;
  const auto file = folder / "events.jsonl";
  auto writer = openWriter(file);
  writer->append("a", std::nullopt, {{"text", std::string(300000, 'x')}});
  EXPECT_EQ(eventsOf(file).size(), 2U);
}

TEST(EventWriter, CutsOffATornLine) {
  const TempFolder folder;
  const auto file = folder / "events.jsonl";
  openWriter(file)->append("a", 7);
  const std::string whole = contentsOf(file);
  folder.write("events.jsonl", whole + R"({"kind":"metrics","att)" + std::string(100000, '1'));
  openWriter(file, 2);
  const auto events = eventsOf(file);
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[1].step, 7);
  EXPECT_EQ(events[2].attempt, 2);
}

TEST(EventWriter, CutsOffAFileThatIsOneTornLine) {
  const TempFolder folder;
  const auto file = folder.write("events.jsonl", "{\"kind\":");
  openWriter(file);
  EXPECT_EQ(eventsOf(file).size(), 1U);
}

TEST(EventWriter, SaysWhyItCannotOpen) {
  const TempFolder folder;
  const auto writer = EventWriter::open(folder / "none" / "events.jsonl", kRunId, 1, -1);
  ASSERT_FALSE(writer);
  EXPECT_THAT(writer.error().message, HasSubstr("cannot open"));
}

// S03, S06: a full disk is reported once; everything that was queued is written when there is room
// again.
TEST(EventWriter, KeepsLinesWhileTheDiskIsFull) {
  const TempFolder folder;
  const auto file = folder / "events.jsonl";
  auto writer = openWriter(file);
  {
    const FullDisk full(1000);
    for (int step = 0; step < 100; ++step) {
      writer->append("warning", step, {{"message", "some text that takes room"}});
    }
    EXPECT_FALSE(writer->flush());
    const auto error = writer->takeError();
    ASSERT_TRUE(error.has_value());
    EXPECT_EQ(error->code, ErrorCode::kIo);
    EXPECT_FALSE(writer->flush());
    EXPECT_FALSE(writer->takeError().has_value()) << "told twice in one episode";
  }
  ASSERT_TRUE(writer->flush());
  const auto events = eventsOf(file);
  ASSERT_EQ(events.size(), 101U);
  for (int step = 0; step < 100; ++step) {
    EXPECT_EQ(events[static_cast<std::size_t>(step) + 1].step, step);
  }
  {
    const FullDisk full(1000);
    writer->append("warning", 1);
    EXPECT_FALSE(writer->flush());
    EXPECT_TRUE(writer->takeError().has_value()) << "a new episode";
  }
}

TEST(EventWriter, CountsWhatItHadToDrop) {
  const TempFolder folder;
  const auto file = folder / "events.jsonl";
  auto writer = openWriter(file);
  {
    const FullDisk full(1000);
    for (int step = 0; step < 70; ++step) {
      writer->append("big", step, {{"text", std::string(1 << 20, 'x')}});
    }
    EXPECT_FALSE(writer->flush());
  }
  ASSERT_TRUE(writer->flush());
  const auto events = eventsOf(file);
  EXPECT_LT(events.size(), 70U);
  EXPECT_GT(events.size(), 60U);
  EXPECT_EQ(events.back().kind, "warning");
  EXPECT_THAT(events.back().fields["message"].get<std::string>(), HasSubstr("events were lost"));
}

/// A trainer in miniature: writes steps as fast as it can until it is killed. Never returns.
[[noreturn]] void writeUntilKilled(const std::filesystem::path& file, int attempt) {
  auto writer = EventWriter::open(file, kRunId, attempt, -1);
  for (std::int64_t step = 0; writer; ++step) {
    std::vector<MetricPoint> points;
    for (int layer = 0; layer < 12; ++layer) {
      points.push_back({{"grad_norm", layer, {}, "q", ""}, static_cast<double>(step) / 3});
    }
    (*writer)->appendMetrics(step, points);
    static_cast<void>((*writer)->flush());
  }
  std::_Exit(1);
}

// A killed writer leaves whole lines and at most one torn one, which the next attempt cuts off.
TEST(EventWriter, LeavesAValidFileWhereverItIsKilled) {
  const TempFolder folder;
  const auto file = folder / "events.jsonl";
  constexpr int kRounds = 10;
  for (int round = 1; round <= kRounds; ++round) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      writeUntilKilled(file, round);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5 + 7 * round));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
  }
  EXPECT_EQ(EventWriter::nextAttempt(file).value_or(0), kRounds + 1);
  openWriter(file, kRounds + 1);
  const auto events = eventsOf(file);
  int attempt = 0;
  std::int64_t next_step = 0;
  for (const Event& event : events) {
    if (event.kind == "open") {
      EXPECT_EQ(event.attempt, ++attempt);
      next_step = 0;
    } else {
      EXPECT_EQ(event.attempt, attempt);
      EXPECT_EQ(event.step, next_step++) << "no step is missing or twice";
      EXPECT_EQ(event.points.size(), 12U);
    }
  }
  EXPECT_EQ(attempt, kRounds + 1);
}

// A reader that follows the file sees whole lines, whenever it looks.
TEST(EventWriter, CanBeFollowedWhileItWrites) {
  const TempFolder folder;
  const auto file = folder / "events.jsonl";
  auto writer = openWriter(file);
  std::size_t offset = 0;
  std::int64_t seen = 0;
  for (std::int64_t step = 0; step < 200; ++step) {
    writer->append("checkpoint", step, {{"path", "checkpoint/" + std::to_string(step)}});
    if (step % 7 == 0) {
      ASSERT_TRUE(writer->flush());
    }
    const std::string news = contentsOf(file).substr(offset);
    const std::size_t end = news.rfind('\n');
    if (end == std::string::npos) {
      continue;
    }
    for (const std::string& line : splitString(std::string_view(news).substr(0, end), '\n')) {
      const auto event = parseEvent(line);
      ASSERT_TRUE(event) << line;
      if (event->kind == "checkpoint") {
        EXPECT_EQ(event->step, seen++);
      }
    }
    offset += end + 1;
  }
  EXPECT_EQ(seen, 197);
}

TEST(EventWriter, AppendsToWhatOtherAttemptsWrote) {
  const TempFolder folder;
  const auto file = folder / "events.jsonl";
  for (int attempt = 1; attempt <= 3; ++attempt) {
    auto writer = EventWriter::open(file, kRunId, attempt, attempt * 10 - 10);
    ASSERT_TRUE(writer);
    (*writer)->append("end", std::nullopt, {{"status", "stopped"}, {"exit_code", 75}});
  }
  std::vector<std::string> kinds;
  for (const Event& event : eventsOf(file)) {
    kinds.push_back(event.kind + std::to_string(event.attempt));
  }
  EXPECT_THAT(kinds, ElementsAre("open1", "end1", "open2", "end2", "open3", "end3"));
}

TEST(EventWriter, EscapesWhatWouldBreakALine) {
  const TempFolder folder;
  const auto file = folder / "events.jsonl";
  const std::string text = "two\nlines \"quoted\" \x01 \xFF é";
  openWriter(file)->append("warning", 3, {{"message", text}});
  const auto events = eventsOf(file);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[1].fields["message"], Json("two\nlines \"quoted\" \x01 \uFFFD é"));
}

TEST(EventWriter, CreatesTheFileForOthersToRead) {
  const TempFolder folder;
  const auto file = folder / "events.jsonl";
  const mode_t before = ::umask(0022);
  openWriter(file);
  ::umask(before);

  struct stat status {};

  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0644U);
}

TEST(NextAttempt, CountsFromTheLastCompleteLine) {
  const TempFolder folder;
  const auto file = folder / "events.jsonl";
  EXPECT_EQ(EventWriter::nextAttempt(file), 1);
  folder.write("events.jsonl", "");
  EXPECT_EQ(EventWriter::nextAttempt(file), 1);
  openWriter(file, 1)->append("a", std::nullopt);
  EXPECT_EQ(EventWriter::nextAttempt(file), 2);
  openWriter(file, 2);
  EXPECT_EQ(EventWriter::nextAttempt(file), 3);
}

TEST(NextAttempt, PassesOverDamagedLines) {
  const TempFolder folder;
  const auto file = folder / "events.jsonl";
  openWriter(file, 4)->append("a", std::nullopt);
  folder.write("events.jsonl", contentsOf(file) + "garbage\n\n{\"kind\": 3}\n{\"attempt\": 9");
  EXPECT_EQ(EventWriter::nextAttempt(file), 5);
  folder.write("events.jsonl", "garbage\n");
  EXPECT_EQ(EventWriter::nextAttempt(file), 1);
  EXPECT_FALSE(EventWriter::nextAttempt(folder.path()));
}

TEST(NextAttempt, FindsTheLastLineOfALargeFile) {
  const TempFolder folder;
  const auto file = folder / "events.jsonl";
  openWriter(file, 6)->append("a", std::nullopt, {{"text", std::string(500000, 'x')}});
  EXPECT_EQ(EventWriter::nextAttempt(file), 7);
}

}  // namespace
}  // namespace retort
