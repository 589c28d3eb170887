// What the workspace must survive: killed writers, full disks, locks, damaged files.
#include "storage/event_follower.h"
#include "tests/storage/child_process.h"
#include "tests/storage/store_fixture.h"

#include <chrono>
#include <random>
#include <thread>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/resource.h>

namespace retort::storage {
namespace {

namespace fs = std::filesystem;

constexpr int kPointsPerBatch = 20;

class Faults : public ::testing::Test {
 protected:
  WorkspaceStore open(const OpenOptions& options = {}) {
    return valueOf(WorkspaceStore::open(folder_.path(), Access::kCreate, options));
  }

  fs::path file() const { return folder_ / "workspace.db"; }

  // The next batch of one run: the offset counts batches.
  static Status appendBatch(WorkspaceStore& store) {
    EventBatch batch;
    batch.run_id = runId(1);
    batch.before = valueOf(store.ingest().state(runId(1)));
    batch.after = batch.before;
    batch.after.offset += 1;
    batch.after.attempt = 1;
    if (batch.before.offset == 0) {
      batch.events.push_back(openEvent(runId(1), 1));
    }
    for (int i = 0; i < kPointsPerBatch; ++i) {
      const std::int64_t step = batch.before.offset * kPointsPerBatch + i;
      batch.events.push_back(metricsEvent(
          1, step, {{lossSeries(), static_cast<double>(step)}, {gradientSeries(0, "q"), 1.0}}));
    }
    return store.ingest().append(batch);
  }

  // Every stored batch is whole, and nothing else is there.
  static void expectWhole(WorkspaceStore& store, std::int64_t at_least) {
    EXPECT_TRUE(valueOf(store.quickCheck(10000)).empty());
    const std::int64_t batches = valueOf(store.ingest().state(runId(1))).offset;
    EXPECT_GE(batches, at_least);
    std::int64_t points = 0;
    expectOk(store.metrics().forEachPoint({runId(1)}, "train.loss", [&](const MetricRow& row) {
      EXPECT_EQ(row.point.step, points);
      EXPECT_EQ(row.point.value, static_cast<double>(points));
      ++points;
      return true;
    }));
    EXPECT_EQ(points, batches * kPointsPerBatch);
  }

  TempFolder folder_;
};

TEST_F(Faults, AKilledWriterLosesNothingThatWasAcknowledged) {
  {
    WorkspaceStore store = open();
    valueOf(store.runs().insertIfNew(submittedRun(1), 1));
  }
  std::mt19937 random(7);
  std::int64_t acknowledged = 0;
  for (int round = 0; round < 8; ++round) {
    Pipe pipe;
    {
      ChildProcess writer([&] {
        WorkspaceStore store = open();
        while (true) {
          expectOk(appendBatch(store));
          pipe.send(valueOf(store.ingest().state(runId(1))).offset);
        }
      });
      std::this_thread::sleep_for(std::chrono::milliseconds(20 + random() % 120));
      writer.kill();
    }
    pipe.closeWriter();
    std::int64_t offset = 0;
    while (pipe.receive(offset)) {
      acknowledged = offset;
    }
    WorkspaceStore store = open();
    expectWhole(store, acknowledged);
  }
  EXPECT_GT(acknowledged, 0);
}

TEST_F(Faults, AKilledWriterInTheMiddleOfATransactionLeavesNoTrace) {
  {
    WorkspaceStore store = open();
    valueOf(store.runs().insertIfNew(submittedRun(1), 1));
    expectOk(appendBatch(store));
  }
  Pipe pipe;
  ChildProcess writer([&] {
    WorkspaceStore store = open();
    (void)store.write([&]() -> Status {
      expectOk(appendBatch(store));
      pipe.send('i');
      ::pause();
      return {};
    });
  });
  char byte = 0;
  ASSERT_TRUE(pipe.receive(byte));
  writer.kill();

  WorkspaceStore store = open();

  expectWhole(store, 1);
  EXPECT_EQ(valueOf(store.ingest().state(runId(1))).offset, 1);
  expectOk(appendBatch(store));
}

// Writes until an error comes; then everything that was stored must be readable.
void fillUntilError(WorkspaceStore& store, std::int64_t& stored, Error& error) {
  for (int number = 1; number < 200000; ++number) {
    SubmittedRun run = submittedRun(number);
    run.name = std::string(2000, 'n');
    const auto inserted = store.runs().insertIfNew(run, 1);
    if (!inserted) {
      error = inserted.error();
      return;
    }
    ++stored;
  }
  ADD_FAILURE() << "the disk never became full";
}

TEST_F(Faults, AFileSizeLimitIsAnErrorAndNotTheEnd) {
  ChildProcess child([&] {
    WorkspaceStore store = open();
    // What the programs do at their start; the default action would kill them.
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit limit = {1 << 20, RLIM_INFINITY};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
    std::int64_t stored = 0;
    Error error{ErrorCode::kCanceled, ""};

    fillUntilError(store, stored, error);

    EXPECT_EQ(error.code, ErrorCode::kIo) << error.message;
    EXPECT_NE(error.message.find("workspace.db"), std::string::npos) << error.message;
    RunFilter filter;
    filter.with_spec = false;
    EXPECT_EQ(valueOf(store.runs().list(filter)).size(), static_cast<std::size_t>(stored));
    limit.rlim_cur = RLIM_INFINITY;
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
    EXPECT_TRUE(valueOf(store.runs().insertIfNew(submittedRun(999999), 1)));
    EXPECT_TRUE(valueOf(store.quickCheck(10000)).empty());
  });
  child.expectSuccess();
}

TEST_F(Faults, NoSpaceLeftIsAnErrorUntilThereIsRoomAgain) {
  const fs::path disk = folder_ / "disk";
  fs::create_directory(disk);
  if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=3m") != 0) {
    GTEST_SKIP() << "mounting a small file system is not permitted here";
  }
  ChildProcess child([&] {
    WorkspaceStore store = valueOf(WorkspaceStore::open(disk, Access::kCreate));
    std::ofstream(disk / "ballast") << std::string(1 << 20, 'b');
    std::int64_t stored = 0;
    Error error{ErrorCode::kCanceled, ""};

    fillUntilError(store, stored, error);

    EXPECT_EQ(error.code, ErrorCode::kIo) << error.message;
    EXPECT_NE(error.message.find("the disk is full"), std::string::npos) << error.message;
    RunFilter filter;
    filter.with_spec = false;
    EXPECT_EQ(valueOf(store.runs().list(filter)).size(), static_cast<std::size_t>(stored));
    EXPECT_FALSE(store.runs().insertIfNew(submittedRun(900000), 1));
    fs::remove(disk / "ballast");
    EXPECT_TRUE(valueOf(store.runs().insertIfNew(submittedRun(900001), 1)));
    EXPECT_TRUE(valueOf(store.quickCheck(10000)).empty());
  });
  child.expectSuccess();
  EXPECT_EQ(::umount2(disk.c_str(), MNT_DETACH), 0);
}

TEST_F(Faults, ALockOfAnotherProcessIsAnErrorThatNamesItAndPasses) {
  { valueOf(open().runs().insertIfNew(submittedRun(1), 1)); }
  Pipe locked;
  Pipe release;
  ChildProcess other([&] {
    auto database = rawDatabase(folder_.path());
    expectOk(database->execute("BEGIN IMMEDIATE"));
    locked.send('l');
    char byte = 0;
    release.receive(byte);
    expectOk(database->execute("COMMIT"));
  });
  char byte = 0;
  ASSERT_TRUE(locked.receive(byte));
  OpenOptions options;
  options.busy_timeout_ms = 100;
  WorkspaceStore store = open(options);

  const Status status = store.runs().setNote(runId(1), "a note");

  expectError(status, ErrorCode::kDatabase, "locked by another process for more than 0.1 s");
  EXPECT_NE(status.error().message.find("held by process " + std::to_string(other.pid())),
            std::string::npos)
      << status.error().message;
  EXPECT_EQ(valueOf(store.runs().list()).size(), 1U);
  release.send('r');
  other.expectSuccess();
  expectOk(store.runs().setNote(runId(1), "a note"));
}

TEST_F(Faults, AShortLockOfAnotherProcessIsOnlyWaitedFor) {
  { valueOf(open().runs().insertIfNew(submittedRun(1), 1)); }
  Pipe locked;
  ChildProcess other([&] {
    auto database = rawDatabase(folder_.path());
    expectOk(database->execute("BEGIN IMMEDIATE"));
    locked.send('l');
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
    expectOk(database->execute("COMMIT"));
  });
  char byte = 0;
  ASSERT_TRUE(locked.receive(byte));

  expectOk(open().runs().setNote(runId(1), "a note"));

  other.expectSuccess();
}

TEST_F(Faults, ManyWritersWaitForEachOther) {
  { open(); }
  std::vector<std::unique_ptr<ChildProcess>> writers;
  for (int writer = 0; writer < 3; ++writer) {
    writers.push_back(std::make_unique<ChildProcess>([&] {
      WorkspaceStore store = open();
      for (int i = 0; i < 40; ++i) {
        valueOf(store.requests().add("stop", Json::object(), 1));
      }
    }));
  }
  for (const auto& writer : writers) {
    writer->expectSuccess();
  }

  EXPECT_EQ(valueOf(open().requests().pending()).size(), 120U);
}

/// A killed follower with its log still there, and the event file that it followed.
class AfterACrash : public Faults {
 protected:
  static constexpr int kSteps = 400;

  AfterACrash() {
    {
      WorkspaceStore store = open();
      valueOf(store.runs().insertIfNew(submittedRun(1), 1));
      expectOk(store.truncateLog());
    }
    const EventFileWriter events(folder_.path(), runId(1));
    events.append(openEvent(runId(1), 1));
    for (int step = 0; step < kSteps; ++step) {
      events.append(lossEvent(1, step, step));
    }
    ChildProcess follower([&] {
      WorkspaceStore store = open();
      EventFollower piecewise(store.ingest(), {1024, 1 << 20});
      valueOf(piecewise.drain(runId(1), events.file()));
      ::raise(SIGKILL);
    });
    (void)follower.wait();
    EXPECT_GT(fs::file_size(log()), 0U);
  }

  fs::path log() const { return folder_ / "workspace.db-wal"; }

  // Whatever the database still had, following the file again completes it.
  void expectCompletedFromTheFile() {
    WorkspaceStore store = open();
    EXPECT_TRUE(valueOf(store.quickCheck(10000)).empty());
    const auto events = WorkspacePaths{folder_.path()}.run(runId(1)).events();
    valueOf(EventFollower(store.ingest()).drain(runId(1), events));
    const auto summary = valueOf(store.metrics().summaries({runId(1)}, "train.loss"));
    ASSERT_EQ(summary.size(), 1U);
    EXPECT_EQ(summary[0].count, kSteps);
    EXPECT_EQ(summary[0].last, (Point{kSteps - 1, kSteps - 1.0}));
    EXPECT_EQ(valueOf(store.events().list({})).size(), 1U);
  }
};

TEST_F(AfterACrash, NothingIsMissing) {
  expectCompletedFromTheFile();
}

TEST_F(AfterACrash, ADeletedLogIsReadAgainFromTheEventFile) {
  fs::remove(log());
  fs::remove(folder_ / "workspace.db-shm");

  expectCompletedFromTheFile();
}

TEST_F(AfterACrash, ATornLogIsReadAgainFromTheEventFile) {
  const auto size = fs::file_size(log());
  fs::resize_file(log(), size - 1000);

  expectCompletedFromTheFile();
}

TEST_F(AfterACrash, ADamagedLogIsReadAgainFromTheEventFile) {
  const auto size = fs::file_size(log());
  const int descriptor = ::open(log().c_str(), O_WRONLY | O_CLOEXEC);
  ASSERT_GE(descriptor, 0);
  EXPECT_EQ(::pwrite(descriptor, "\xff", 1, static_cast<off_t>(size / 2)), 1);
  ::close(descriptor);

  expectCompletedFromTheFile();
}

class DamagedFile : public Faults, public ::testing::WithParamInterface<int> {};

TEST_P(DamagedFile, IsReportedAndNeverTheEndOfTheProgram) {
  {
    WorkspaceStore store = open();
    valueOf(store.runs().insertIfNew(submittedRun(1), 1));
    for (int i = 0; i < 20; ++i) {
      expectOk(appendBatch(store));
    }
    expectOk(store.truncateLog());
  }
  std::mt19937 random(static_cast<unsigned>(GetParam()));
  const auto size = fs::file_size(file());
  {
    std::fstream stream(file(), std::ios::in | std::ios::out | std::ios::binary);
    for (int i = 0; i < 30; ++i) {
      stream.seekp(static_cast<std::streamoff>(100 + random() % (size - 100)));
      stream.put(static_cast<char>(random()));
    }
  }

  auto store = WorkspaceStore::open(folder_.path(), Access::kReadOnly);

  // Any answer but a crash: an error with a message, or a store whose reads give rows or errors.
  if (!store) {
    EXPECT_FALSE(store.error().message.empty());
    return;
  }
  (void)store->quickCheck(5000);
  (void)store->runs().list();
  (void)store->metrics().series(runId(1));
  (void)store->metrics().forEachPoint(
      {runId(1)}, std::nullopt, [](const MetricRow&) { return true; });
  (void)store->events().list({});
}

INSTANTIATE_TEST_SUITE_P(Seeds, DamagedFile, ::testing::Range(1, 21));

TEST_F(Faults, QuickCheckFindsAPageOfZeros) {
  {
    WorkspaceStore store = open();
    valueOf(store.runs().insertIfNew(submittedRun(1), 1));
    for (int i = 0; i < 200; ++i) {
      expectOk(appendBatch(store));
    }
    expectOk(store.truncateLog());
  }
  const auto pages = fs::file_size(file()) / 4096;
  {
    std::fstream stream(file(), std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(static_cast<std::streamoff>((pages - 2) * 4096));
    stream.write(std::string(4096, '\0').data(), 4096);
  }

  WorkspaceStore store = valueOf(WorkspaceStore::open(folder_.path(), Access::kReadOnly));

  EXPECT_FALSE(valueOf(store.quickCheck(10000)).empty());
}

}  // namespace
}  // namespace retort::storage
