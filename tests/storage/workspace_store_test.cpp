#include "storage/workspace_store.h"

#include "tests/storage/store_fixture.h"

namespace retort::storage {
namespace {

class WorkspaceStoreTest : public ::testing::Test {
 protected:
  WorkspaceStore open(Access access) {
    return valueOf(WorkspaceStore::open(folder_.path(), access));
  }

  TempFolder folder_;
};

TEST_F(WorkspaceStoreTest, CreatesTheFolderAndTheDatabase) {
  const auto workspace = folder_ / "deep/er ü/workspace";

  WorkspaceStore store = valueOf(WorkspaceStore::open(workspace, Access::kCreate));

  EXPECT_TRUE(std::filesystem::exists(workspace / "workspace.db"));
  EXPECT_EQ(store.paths().folder, workspace);
  EXPECT_TRUE(store.warnings().empty());
}

TEST_F(WorkspaceStoreTest, KeepsItsContentsWhenMoved) {
  WorkspaceStore first = open(Access::kCreate);
  valueOf(first.runs().insertIfNew(submittedRun(1), 1));

  WorkspaceStore second = std::move(first);
  first = open(Access::kReadOnly);

  EXPECT_EQ(valueOf(second.runs().list()).size(), 1U);
  EXPECT_EQ(valueOf(first.runs().list()).size(), 1U);
}

TEST_F(WorkspaceStoreTest, ReadersSeeWhatTheWriterCommits) {
  WorkspaceStore writer = open(Access::kCreate);
  WorkspaceStore reader = open(Access::kReadOnly);
  const std::int64_t before = valueOf(reader.dataVersion());
  EXPECT_EQ(valueOf(reader.dataVersion()), before);

  valueOf(writer.runs().insertIfNew(submittedRun(1), 1));

  EXPECT_NE(valueOf(reader.dataVersion()), before);
  EXPECT_EQ(valueOf(reader.runs().list()).size(), 1U);
}

TEST_F(WorkspaceStoreTest, ReadersCannotWrite) {
  open(Access::kCreate);
  WorkspaceStore reader = open(Access::kReadOnly);

  expectError(reader.requests().add("stop", Json::object(), 1), ErrorCode::kIo, "read-only");
}

TEST_F(WorkspaceStoreTest, ASnapshotDoesNotChangeWhileOneReadsIt) {
  WorkspaceStore writer = open(Access::kCreate);
  WorkspaceStore reader = open(Access::kReadOnly);

  expectOk(reader.read([&]() -> Status {
    EXPECT_TRUE(valueOf(reader.runs().list()).empty());
    valueOf(writer.runs().insertIfNew(submittedRun(1), 1));
    EXPECT_TRUE(valueOf(reader.runs().list()).empty());
    return {};
  }));

  EXPECT_EQ(valueOf(reader.runs().list()).size(), 1U);
}

TEST_F(WorkspaceStoreTest, WritesOfOneTickAreAllOrNothing) {
  WorkspaceStore store = open(Access::kCreate);

  const Status status = store.write([&]() -> Status {
    valueOf(store.runs().insertIfNew(submittedRun(1), 1));
    valueOf(store.requests().add("stop", Json::object(), 1));
    return store.runs().setNote(runId(9), "no such run");
  });

  expectError(status, ErrorCode::kNotFound, runId(9));
  EXPECT_TRUE(valueOf(store.runs().list()).empty());
  EXPECT_TRUE(valueOf(store.requests().pending()).empty());
}

TEST_F(WorkspaceStoreTest, NoticesThatItsFileWasReplacedOrDeleted) {
  WorkspaceStore store = open(Access::kCreate);
  EXPECT_FALSE(store.isReplaced());

  std::filesystem::rename(folder_ / "workspace.db", folder_ / "elsewhere.db");
  EXPECT_TRUE(store.isReplaced());

  std::filesystem::copy_file(folder_ / "elsewhere.db", folder_ / "workspace.db");
  EXPECT_TRUE(store.isReplaced());
}

TEST_F(WorkspaceStoreTest, QuickCheckFindsNothingInASoundFile) {
  WorkspaceStore store = open(Access::kCreate);
  valueOf(store.runs().insertIfNew(submittedRun(1), 1));

  EXPECT_TRUE(valueOf(store.quickCheck(5000)).empty());
  EXPECT_TRUE(valueOf(store.quickCheck(0)).empty());
}

TEST_F(WorkspaceStoreTest, QuickCheckKeepsItsTime) {
  WorkspaceStore store = open(Access::kCreate);
  expectOk(store.write([&]() -> Status {
    for (int number = 1; number <= 2000; ++number) {
      valueOf(store.runs().insertIfNew(submittedRun(number), 1));
    }
    return {};
  }));
  const auto start = std::chrono::steady_clock::now();

  EXPECT_TRUE(valueOf(store.quickCheck(1)).empty());

  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
  EXPECT_EQ(valueOf(store.runs().list()).size(), 2000U);
}

TEST_F(WorkspaceStoreTest, BackupIsAWholeDatabase) {
  WorkspaceStore store = open(Access::kCreate);
  valueOf(store.runs().insertIfNew(submittedRun(1), 1));
  std::filesystem::create_directory(folder_ / "copy");

  expectOk(store.backupTo(folder_ / "copy/workspace.db"));

  WorkspaceStore copy = valueOf(WorkspaceStore::open(folder_ / "copy", Access::kReadOnly));
  EXPECT_EQ(valueOf(copy.runs().list()).size(), 1U);
  expectError(store.backupTo(folder_ / "copy/workspace.db"), ErrorCode::kAlreadyExists, "exists");
}

TEST_F(WorkspaceStoreTest, TruncatesItsLogUnlessAReaderIsInside) {
  WorkspaceStore store = open(Access::kCreate);
  WorkspaceStore reader = open(Access::kReadOnly);
  expectOk(reader.read([&]() -> Status {
    valueOf(reader.runs().list());
    for (int number = 1; number <= 50; ++number) {
      valueOf(store.runs().insertIfNew(submittedRun(number), 1));
    }
    expectOk(store.truncateLog());
    EXPECT_GT(store.logBytes(), 0);
    return {};
  }));

  expectOk(store.truncateLog());

  EXPECT_EQ(store.logBytes(), 0);
  EXPECT_EQ(valueOf(reader.runs().list()).size(), 50U);
}

TEST_F(WorkspaceStoreTest, TheLogStaysSmallWhileReadersAreShort) {
  WorkspaceStore store = open(Access::kCreate);
  WorkspaceStore reader = open(Access::kReadOnly);
  std::int64_t largest = 0;

  for (int number = 1; number <= 1500; ++number) {
    valueOf(store.runs().insertIfNew(submittedRun(number), 1));
    if (number % 50 == 0) {
      RunFilter filter;
      filter.limit = 10;
      valueOf(reader.runs().list(filter));
    }
    largest = std::max(largest, store.logBytes());
  }

  EXPECT_LT(largest, 8 << 20);
}

TEST(WorkspaceStoreInMemory, HasEverything) {
  WorkspaceStore store = valueOf(WorkspaceStore::openInMemory());

  EXPECT_TRUE(valueOf(store.runs().list()).empty());
  EXPECT_EQ(store.logBytes(), 0);
  expectOk(store.truncateLog());
}

}  // namespace
}  // namespace retort::storage
