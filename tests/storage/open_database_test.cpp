#include "storage/open_database.h"

#include "core/base/hash.h"
#include "storage/schema.h"
#include "tests/storage/child_process.h"
#include "tests/storage/store_fixture.h"

#include <cstdlib>

#include <sys/stat.h>

namespace retort::storage {
namespace {

namespace fs = std::filesystem;

constexpr Access kAllAccess[] = {Access::kReadOnly, Access::kReadWrite, Access::kCreate};

class OpenDatabase : public ::testing::Test {
 protected:
  Result<WorkspaceStore> open(Access access, const OpenOptions& options = {}) {
    return WorkspaceStore::open(workspace_, access, options);
  }

  void create() { valueOf(open(Access::kCreate)); }

  fs::path file() const { return workspace_ / "workspace.db"; }

  // Opening is refused with `part` in the message, whatever it is opened for, and the file stays as
  // it is.
  void expectRefused(ErrorCode code, const std::string& part) {
    const std::string before = contentsOf(file());
    for (const Access access : kAllAccess) {
      expectError(open(access), code, part);
    }
    EXPECT_EQ(contentsOf(file()), before);
  }

  TempFolder folder_;
  fs::path workspace_ = folder_.path();
};

TEST_F(OpenDatabase, SaysThatThereIsNoWorkspace) {
  expectError(open(Access::kReadOnly), ErrorCode::kNotFound, "no workspace in");
  expectError(open(Access::kReadWrite), ErrorCode::kNotFound, workspace_.string());
  EXPECT_FALSE(fs::exists(file()));
}

TEST_F(OpenDatabase, RefusesAMissingOrEmptyDatabaseWhenThereAreRuns) {
  folder_.write("runs/" + runId(1) + "/spec.yaml", "");
  for (const Access access : kAllAccess) {
    expectError(open(access), ErrorCode::kDatabase, "is missing but there are runs");
  }
  EXPECT_FALSE(fs::exists(file()));

  folder_.write("workspace.db", "");

  expectRefused(ErrorCode::kDatabase, "retort reindex");
}

TEST_F(OpenDatabase, TakesAnEmptyFileForANewWorkspaceOnlyWhenCreating) {
  folder_.write("workspace.db", "");

  expectError(open(Access::kReadWrite), ErrorCode::kNotFound, "workspace.db is empty");
  EXPECT_TRUE(open(Access::kCreate));
}

TEST_F(OpenDatabase, RefusesWhatIsNoDatabase) {
  folder_.write("workspace.db", std::string(4096, '\x5a'));
  expectRefused(ErrorCode::kDatabase, "not a database");

  folder_.write("workspace.db", "short");
  expectRefused(ErrorCode::kDatabase, "not a database");
}

TEST_F(OpenDatabase, RefusesAnotherProgramsDatabase) {
  expectOk(rawDatabase(workspace_)->execute("CREATE TABLE t (a INTEGER)"));
  expectRefused(ErrorCode::kDatabase, "another program");

  fs::remove(file());
  expectOk(
      rawDatabase(workspace_)
          ->execute(
              "PRAGMA application_id = 77; PRAGMA user_version = 1; CREATE TABLE t (a INTEGER)"));
  expectRefused(ErrorCode::kDatabase, "application id 77");
}

TEST_F(OpenDatabase, RefusesANewerVersionAndLeavesTheFileAlone) {
  create();
  expectOk(rawDatabase(workspace_)->execute("PRAGMA user_version = 999"));

  expectRefused(ErrorCode::kDatabase, "made by a newer version of Retort (schema 999");
}

TEST_F(OpenDatabase, RefusesAStrangersTriggers) {
  create();
  expectOk(
      rawDatabase(workspace_)
          ->execute("CREATE TRIGGER evil AFTER INSERT ON requests BEGIN DELETE FROM runs; END"));

  expectRefused(ErrorCode::kDatabase, "an additional trigger 'evil'");
}

TEST_F(OpenDatabase, RefusesAViewInPlaceOfATable) {
  create();
  expectOk(rawDatabase(workspace_)
               ->execute("DROP TABLE requests; CREATE VIEW requests AS SELECT * FROM runs"));

  expectRefused(ErrorCode::kDatabase, "the table requests is missing or changed");
}

TEST_F(OpenDatabase, RefusesWhatIsNoFile) {
  fs::create_directory(file());
  for (const Access access : kAllAccess) {
    expectError(open(access), ErrorCode::kIo, "not a regular file");
  }

  fs::remove(file());
  ASSERT_EQ(::mkfifo(file().c_str(), 0600), 0);
  for (const Access access : kAllAccess) {
    expectError(open(access), ErrorCode::kIo, "not a regular file");
  }
}

TEST_F(OpenDatabase, SaysWhyTheFolderCannotBeMade) {
  folder_.write("a_file", "");

  expectError(WorkspaceStore::open(folder_ / "a_file/workspace", Access::kCreate),
              ErrorCode::kIo,
              "cannot create the folder");
}

TEST_F(OpenDatabase, UsesAWriteAheadLogUnlessToldNotTo) {
  create();
  EXPECT_EQ(countOf(*rawDatabase(workspace_),
                    "SELECT count(*) FROM pragma_journal_mode "
                    "WHERE journal_mode = 'wal'"),
            1);
  OpenOptions options;
  options.allow_wal = false;

  EXPECT_TRUE(open(Access::kReadWrite, options));

  EXPECT_EQ(countOf(*rawDatabase(workspace_),
                    "SELECT count(*) FROM pragma_journal_mode "
                    "WHERE journal_mode = 'delete'"),
            1);
}

TEST_F(OpenDatabase, WorksWithoutAWriteAheadLog) {
  OpenOptions options;
  options.allow_wal = false;
  WorkspaceStore store = valueOf(open(Access::kCreate, options));
  valueOf(store.runs().insertIfNew(submittedRun(1), 1));
  WorkspaceStore reader = valueOf(open(Access::kReadOnly));

  EXPECT_EQ(valueOf(reader.runs().list()).size(), 1U);
  EXPECT_EQ(store.logBytes(), 0);
  expectOk(store.truncateLog());
}

TEST_F(OpenDatabase, ProcessesMayCreateItAtTheSameTime) {
  for (int round = 0; round < 5; ++round) {
    workspace_ = folder_ / ("round" + std::to_string(round));
    std::vector<std::unique_ptr<ChildProcess>> children;
    for (int number = 1; number <= 4; ++number) {
      children.push_back(std::make_unique<ChildProcess>([&] {
        WorkspaceStore store = valueOf(open(Access::kCreate));
        EXPECT_TRUE(valueOf(store.runs().insertIfNew(submittedRun(number), 1)));
      }));
    }
    for (const auto& child : children) {
      child->expectSuccess();
    }
    EXPECT_EQ(valueOf(valueOf(open(Access::kReadOnly)).runs().list()).size(), 4U);
  }
}

TEST_F(OpenDatabase, KeepsACopyOfTheOldVersionBeforeAMigration) {
  create();
  auto database = rawDatabase(workspace_);

  expectOk(backupBeforeMigration(*database, file(), 1));
  const std::string backup = file().string() + ".backup-v1";
  const std::string contents = contentsOf(backup);
  expectOk(database->execute("CREATE TABLE later (a INTEGER)"));
  expectOk(backupBeforeMigration(*database, file(), 1));

  EXPECT_FALSE(contents.empty());
  EXPECT_EQ(contentsOf(backup), contents);
  for (const auto& entry : fs::directory_iterator(workspace_)) {
    EXPECT_NE(entry.path().extension(), ".tmp");
  }
}

TEST_F(OpenDatabase, SaysWhenTheCopyBeforeAMigrationFails) {
  create();
  auto database = rawDatabase(workspace_);

  expectError(backupBeforeMigration(*database, "/nonexistent/workspace.db", 1),
              ErrorCode::kIo,
              "before its migration");
}

// Not a test: writes the workspace whose dump is tests/data/storage/workspace_vN.sql (see the
// script there).
TEST(StoredWorkspace, DISABLED_IsWrittenToTheFolderNamedByStoredWorkspace) {
  const char* folder = std::getenv("STORED_WORKSPACE");
  ASSERT_NE(folder, nullptr);
  WorkspaceStore store = valueOf(WorkspaceStore::open(folder, Access::kCreate));
  valueOf(store.experiments().add(submissionOf("stored", 1, 2), 100));
  EventBatch batch;
  batch.run_id = runId(1);
  batch.after = {1000, 1, "hash"};
  batch.events = {openEvent(runId(1), 1),
                  lossEvent(1, 1, 1.0),
                  lossEvent(1, 2, kNaN),
                  lossEvent(1, 3, 0.25),
                  eventOf("result", 1, 8000, {{"metrics", {{"eval.accuracy", 0.75}}}}),
                  endEvent(1, "finished")};
  expectOk(store.ingest().append(batch));
  expectOk(store.runs().setState(runId(1), RunState::kFinished, "", 9000));
  expectOk(store.runs().setNote(runId(1), "a note"));
  expectOk(store.runs().changeTags(runId(1), {"paper"}, {}));
  valueOf(store.requests().add("stop", {{"run_ids", {runId(2)}}}, 9500));
}

// A workspace of each released version is kept as its SQL dump.
TEST_F(OpenDatabase, OpensAWorkspaceOfVersionOne) {
  const std::string dump = contentsOf(fs::path(TEST_DATA_DIR) / "storage/workspace_v1.sql");
  ASSERT_FALSE(dump.empty());
  expectOk(rawDatabase(workspace_)->execute(dump.c_str()));

  WorkspaceStore store = valueOf(open(Access::kReadWrite));

  const RunRecord run = valueOf(store.runs().get(runId(1)));
  EXPECT_EQ(run.spec, submittedRun(1).spec);
  EXPECT_EQ(run.note, "a note");
  EXPECT_EQ(run.tags, std::vector<std::string>{"paper"});
  EXPECT_EQ(run.state, RunState::kFinished);
  const auto summaries = valueOf(store.metrics().summaries({runId(1)}, "train.loss"));
  ASSERT_EQ(summaries.size(), 1U);
  EXPECT_EQ(summaries[0].last, (Point{3, 0.25}));
  EXPECT_EQ(valueOf(store.experiments().find("stored")).runs.size(), 2U);
  EXPECT_EQ(valueOf(store.metrics().results(runId(1))).at("eval.accuracy"), 0.75);
  EXPECT_EQ(valueOf(store.requests().pending()).size(), 1U);
}

/// Permissions do not bind root, so the parts that need them run as another user when the test is
/// root.
class OpenWithoutPermission : public OpenDatabase {
 protected:
  static constexpr uid_t kNobody = 65534;

  OpenWithoutPermission() {
    WorkspaceStore store = valueOf(open(Access::kCreate));
    valueOf(store.runs().insertIfNew(submittedRun(1), 1));
  }

  ~OpenWithoutPermission() override { ::chmod(workspace_.c_str(), 0755); }

  void setModes(mode_t file_mode, mode_t folder_mode) {
    ASSERT_EQ(::chmod(file().c_str(), file_mode), 0);
    ASSERT_EQ(::chmod(workspace_.c_str(), folder_mode), 0);
  }

  static void runAsOther(const std::function<void()>& body) {
    ChildProcess child([&] {
      if (::getuid() == 0) {
        ASSERT_EQ(::setuid(kNobody), 0);
      }
      body();
    });
    child.expectSuccess();
  }
};

TEST_F(OpenWithoutPermission, ShowsAReadOnlyWorkspace) {
  setModes(0444, 0555);

  runAsOther([&] {
    WorkspaceStore store = valueOf(open(Access::kReadOnly));
    EXPECT_EQ(valueOf(store.runs().list()).size(), 1U);
    ASSERT_EQ(store.warnings().size(), 1U);
    EXPECT_NE(store.warnings()[0].find("as it was when it was opened"), std::string::npos);
  });
}

TEST_F(OpenWithoutPermission, SaysThatItCannotBeWritten) {
  setModes(0444, 0555);

  runAsOther([&] {
    expectError(open(Access::kReadWrite), ErrorCode::kIo, "read-only");
    expectError(open(Access::kCreate), ErrorCode::kIo, "read-only");
  });
}

TEST_F(OpenWithoutPermission, SaysThatItCannotBeRead) {
  setModes(0000, 0555);

  runAsOther([&] { expectError(open(Access::kReadOnly), ErrorCode::kIo, "cannot be opened"); });
}

TEST_F(OpenWithoutPermission, DoesNotShowAHalfOfWhatAnotherUserIsWriting) {
  Pipe ready;
  Pipe done;
  ChildProcess writer([&] {
    WorkspaceStore store = valueOf(open(Access::kReadWrite));
    valueOf(store.runs().insertIfNew(submittedRun(2), 1));
    ready.send('r');
    char byte = 0;
    done.receive(byte);
  });
  char byte = 0;
  ASSERT_TRUE(ready.receive(byte));
  setModes(0444, 0555);
  ASSERT_EQ(::chmod((file().string() + "-shm").c_str(), 0600), 0);

  runAsOther([&] {
    const auto store = open(Access::kReadOnly);
    expectError(store, ErrorCode::kIo, "while another user is writing");
  });

  done.send('d');
  writer.expectSuccess();
}

}  // namespace
}  // namespace retort::storage
