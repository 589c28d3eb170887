#include "storage/sqlite/database.h"

#include "tests/storage/store_fixture.h"

namespace retort::storage {
namespace {

TEST(Database, KeepsWhatWasStored) {
  TempFolder folder;
  {
    auto database = valueOf(Database::open(folder / "a.db", OpenMode::kCreate, 100));
    expectOk(database->execute("CREATE TABLE t (a INTEGER) STRICT; INSERT INTO t VALUES (7)"));
  }

  auto database = valueOf(Database::open(folder / "a.db", OpenMode::kReadOnly, 100));

  EXPECT_EQ(countOf(*database, "SELECT a FROM t"), 7);
  EXPECT_FALSE(database->isWritable());
}

TEST(Database, DoesNotCreateWithoutBeingAsked) {
  TempFolder folder;

  auto database = Database::open(folder / "missing.db", OpenMode::kReadWrite, 100);

  expectError(database, ErrorCode::kIo, "missing.db");
  EXPECT_FALSE(std::filesystem::exists(folder / "missing.db"));
}

TEST(Database, TakesAPathThatLooksLikeAUriAsAPath) {
  TempFolder folder;
  std::filesystem::create_directories(folder / "file:x");
  const auto file = folder.path() / "file:x" / "50%?mode=memory#.db";
  {
    auto database = valueOf(Database::open(file, OpenMode::kCreate, 100));
    expectOk(database->execute("CREATE TABLE t (a INTEGER)"));
  }

  EXPECT_TRUE(std::filesystem::exists(file));
  auto immutable = valueOf(Database::open(file, OpenMode::kImmutable, 100));
  EXPECT_EQ(countOf(*immutable, "SELECT count(*) FROM t"), 0);
}

TEST(Database, RefusesToWriteWhenOpenedForReading) {
  TempFolder folder;
  auto writer = valueOf(Database::open(folder / "a.db", OpenMode::kCreate, 100));
  expectOk(writer->execute("CREATE TABLE t (a INTEGER)"));
  auto reader = valueOf(Database::open(folder / "a.db", OpenMode::kReadOnly, 100));

  const Status status = reader->execute("INSERT INTO t VALUES (1)");

  expectError(status, ErrorCode::kIo, "read-only");
}

TEST(Database, ReportsAFileThatIsNoDatabase) {
  TempFolder folder;
  const auto file = folder.write("garbage.db", std::string(4096, 'x'));

  auto database = Database::open(file, OpenMode::kReadWrite, 100);
  // Some settings of a new connection read the file already, depending on SQLite's version.
  if (database) {
    expectError((*database)->execute("SELECT * FROM sqlite_schema"),
                ErrorCode::kDatabase,
                "not a database");
  } else {
    expectError(database, ErrorCode::kDatabase, "not a database");
  }
}

TEST(Database, ReportsSqlErrorsWithTheFile) {
  auto database = valueOf(Database::openInMemory());

  const auto statement = database->prepare("SELECT nonsense FROM nowhere");

  expectError(statement, ErrorCode::kDatabase, ":memory:: no such table: nowhere");
}

TEST(Database, HasForeignKeysAndAnUntrustedSchema) {
  auto database = valueOf(Database::openInMemory());

  EXPECT_EQ(countOf(*database, "PRAGMA foreign_keys"), 1);
  EXPECT_EQ(countOf(*database, "PRAGMA trusted_schema"), 0);
  EXPECT_EQ(countOf(*database, "PRAGMA synchronous"), 1);
  EXPECT_EQ(countOf(*database, "PRAGMA busy_timeout"), 0);
}

TEST(Database, IsDefensive) {
  auto database = valueOf(Database::openInMemory());
  expectOk(database->execute("CREATE TABLE t (a INTEGER)"));

  const Status status = database->execute("PRAGMA writable_schema = ON; DELETE FROM sqlite_schema");

  EXPECT_FALSE(status);
  EXPECT_EQ(countOf(*database, "SELECT count(*) FROM sqlite_schema"), 1);
}

TEST(Database, DoesNotRunTriggersOfAFile) {
  auto database = valueOf(Database::openInMemory());
  expectOk(database->execute(
      "CREATE TABLE t (a INTEGER); CREATE TABLE log (a INTEGER);"
      "CREATE TRIGGER spy AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.a); END;"
      "INSERT INTO t VALUES (1)"));

  EXPECT_EQ(countOf(*database, "SELECT count(*) FROM t"), 1);
  EXPECT_EQ(countOf(*database, "SELECT count(*) FROM log"), 0);
}

TEST(Database, DoesNotTakeDoubleQuotedWordsForTexts) {
  auto database = valueOf(Database::openInMemory());

  EXPECT_FALSE(database->prepare("SELECT \"misspelt\""));
}

TEST(Database, CompilesAStatementAgainWhileItIsInUse) {
  static constexpr const char* kCount = "SELECT value FROM json_each('[1,2,3]')";
  auto database = valueOf(Database::openInMemory());
  Statement outer = valueOf(database->prepare(kCount));
  outer.bind();
  int pairs = 0;

  while (valueOf(outer.step())) {
    Statement inner = valueOf(database->prepare(kCount));
    inner.bind();
    while (valueOf(inner.step())) {
      ++pairs;
    }
  }

  EXPECT_EQ(pairs, 9);
}

TEST(Database, TellsChangesAndTheLastId) {
  auto database = valueOf(Database::openInMemory());
  expectOk(database->execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER)"));
  expectOk(database->execute("INSERT INTO t (a) VALUES (1), (2), (3)"));

  EXPECT_EQ(database->lastInsertId(), 3);
  expectOk(run(*database, "UPDATE t SET a = 0 WHERE a > ?1", 1));
  EXPECT_EQ(database->changes(), 2);
}

TEST(Database, StopsAtItsTimeLimit) {
  static constexpr const char* kEndless =
      "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n";
  auto database = valueOf(Database::openInMemory());
  database->setTimeLimitMs(20);

  const Status status = run(*database, kEndless);

  EXPECT_FALSE(status);
  EXPECT_TRUE(database->isInterrupted());
  database->setTimeLimitMs(0);
  EXPECT_EQ(countOf(*database, "SELECT 1"), 1);
}

TEST(Database, NamesTheLockAndItsTimeWhenBusy) {
  TempFolder folder;
  auto first = valueOf(Database::open(folder / "a.db", OpenMode::kCreate, 100));
  expectOk(first->execute("CREATE TABLE t (a INTEGER); BEGIN IMMEDIATE"));
  auto second = Database::open(folder / "a.db", OpenMode::kReadWrite, 50);
  ASSERT_TRUE(second);

  const Status status = (*second)->execute("INSERT INTO t VALUES (1)");

  expectError(status, ErrorCode::kDatabase, "locked by another process for more than 0.05 s");
  EXPECT_TRUE((*second)->isBusy());
}

}  // namespace
}  // namespace retort::storage
