#include "storage/sqlite/transaction.h"

#include "tests/storage/store_fixture.h"

namespace retort::storage {
namespace {

constexpr const char* kInsert = "INSERT INTO t VALUES (1)";
constexpr const char* kCount = "SELECT count(*) FROM t";

class TransactionTest : public ::testing::Test {
 protected:
  TransactionTest() : database_(open(1000)) {
    expectOk(database_->execute("PRAGMA journal_mode = WAL; CREATE TABLE t (a INTEGER) STRICT"));
  }

  std::unique_ptr<Database> open(int busy_timeout_ms) {
    return valueOf(Database::open(folder_ / "a.db", OpenMode::kCreate, busy_timeout_ms));
  }

  Status insert() { return database_->execute(kInsert); }

  TempFolder folder_;
  std::unique_ptr<Database> database_;
};

using Kind = Transaction::Kind;

TEST_F(TransactionTest, KeepsWhatWasCommitted) {
  {
    Transaction transaction = valueOf(Transaction::begin(*database_, Kind::kWrite));
    expectOk(insert());
    expectOk(transaction.commit());
  }

  EXPECT_EQ(countOf(*database_, kCount), 1);
  EXPECT_FALSE(database_->isInTransaction());
}

TEST_F(TransactionTest, RollsBackAtTheEndOfItsScope) {
  {
    Transaction transaction = valueOf(Transaction::begin(*database_, Kind::kWrite));
    expectOk(insert());
  }

  EXPECT_EQ(countOf(*database_, kCount), 0);
  EXPECT_FALSE(database_->isInTransaction());
}

TEST_F(TransactionTest, RollsBackOnceAlsoAfterBeingMoved) {
  {
    Transaction transaction = valueOf(Transaction::begin(*database_, Kind::kWrite));
    Transaction moved = std::move(transaction);
    expectOk(insert());
    expectOk(moved.commit());
  }

  EXPECT_EQ(countOf(*database_, kCount), 1);
}

TEST_F(TransactionTest, WriteTakesTheLockAtOnce) {
  auto other = open(30);
  Transaction transaction = valueOf(Transaction::begin(*database_, Kind::kWrite));

  expectError(Transaction::begin(*other, Kind::kWrite), ErrorCode::kDatabase, "locked");
}

TEST_F(TransactionTest, ReadSeesOneSnapshotWhileOthersWrite) {
  auto other = open(30);
  Transaction reading = valueOf(Transaction::begin(*database_, Kind::kRead));
  EXPECT_EQ(countOf(*database_, kCount), 0);

  expectOk(other->execute(kInsert));

  EXPECT_EQ(countOf(*database_, kCount), 0);
  expectOk(reading.commit());
  EXPECT_EQ(countOf(*database_, kCount), 1);
}

TEST_F(TransactionTest, InnerBodiesJoinTheOuterTransaction) {
  const Status status = inWrite(*database_, [&]() -> Status {
    expectOk(inWrite(*database_, [&] { return insert(); }));
    expectOk(inRead(*database_, [&] { return insert(); }));
    return fail(ErrorCode::kCanceled, "changed my mind");
  });

  expectError(status, ErrorCode::kCanceled, "changed my mind");
  EXPECT_EQ(countOf(*database_, kCount), 0);
}

TEST_F(TransactionTest, NothingIsKeptWhenAnInnerErrorIsSwallowed) {
  const Status status = inWrite(*database_, [&]() -> Status {
    expectOk(insert());
    (void)inWrite(*database_, []() -> Status { return fail(ErrorCode::kIo, "inner"); });
    return {};
  });

  expectError(status, ErrorCode::kDatabase, "a part of this transaction failed");
  EXPECT_EQ(countOf(*database_, kCount), 0);
}

TEST_F(TransactionTest, IsUsableAgainAfterAnError) {
  (void)inWrite(*database_, []() -> Status { return fail(ErrorCode::kIo, "first"); });

  expectOk(inWrite(*database_, [&] { return insert(); }));

  EXPECT_EQ(countOf(*database_, kCount), 1);
}

TEST_F(TransactionTest, ReturnsTheBodysValue) {
  const Result<int> value = inWrite(*database_, []() -> Result<int> { return 7; });

  EXPECT_EQ(valueOf(value), 7);
}

TEST_F(TransactionTest, ReportsACommitThatFails) {
  expectOk(database_->execute(
      "CREATE TABLE child (a INTEGER REFERENCES parent (a) DEFERRABLE INITIALLY DEFERRED);"
      "CREATE TABLE parent (a INTEGER PRIMARY KEY)"));

  const Status status =
      inWrite(*database_, [&] { return database_->execute("INSERT INTO child VALUES (5)"); });

  expectError(status, ErrorCode::kDatabase, "FOREIGN KEY");
  EXPECT_FALSE(database_->isInTransaction());
  EXPECT_EQ(countOf(*database_, "SELECT count(*) FROM child"), 0);
}

using TransactionDeathTest = TransactionTest;

TEST_F(TransactionDeathTest, WritingInsideAReadIsAProgrammerError) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      (void)inRead(*database_,
                   [&]() -> Status { return inWrite(*database_, [&] { return insert(); }); }),
      "write inside a read transaction");
}

}  // namespace
}  // namespace retort::storage
