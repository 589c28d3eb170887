#include "storage/sqlite/statement.h"

#include "tests/storage/store_fixture.h"

#include <cmath>

namespace retort::storage {
namespace {

class StatementTest : public ::testing::Test {
 protected:
  std::unique_ptr<Database> database_ = valueOf(Database::openInMemory());
};

TEST_F(StatementTest, TakesColumnsInTheOrderOfTheParameters) {
  Statement statement = valueOf(database_->prepare("SELECT ?1, ?2, ?3, ?4, ?5, ?6"));
  statement.bind(42, std::int64_t{1} << 40, 2.5, "text", true, std::nullopt);

  ASSERT_TRUE(valueOf(statement.step()));

  EXPECT_EQ(statement.takeInteger(), 42);
  EXPECT_EQ(statement.takeInteger(), std::int64_t{1} << 40);
  EXPECT_EQ(statement.takeReal(), 2.5);
  EXPECT_EQ(statement.takeText(), "text");
  EXPECT_TRUE(statement.takeBool());
  EXPECT_EQ(statement.takeOptionalInteger(), std::nullopt);
  EXPECT_FALSE(valueOf(statement.step()));
}

TEST_F(StatementTest, ReadsNullAsTheAbsentValueOfEachType) {
  Statement statement = valueOf(database_->prepare("SELECT NULL, NULL, NULL, NULL, NULL"));
  statement.bind();
  ASSERT_TRUE(valueOf(statement.step()));

  EXPECT_TRUE(std::isnan(statement.takeReal()));
  EXPECT_EQ(statement.takeText(), "");
  EXPECT_EQ(statement.takeOptionalReal(), std::nullopt);
  EXPECT_EQ(statement.takeOptionalInt(), std::nullopt);
  EXPECT_EQ(statement.takeInteger(), 0);
}

TEST_F(StatementTest, StoresNaNAsNullAndInfinitiesAsThemselves) {
  Statement statement = valueOf(database_->prepare("SELECT ?1 IS NULL, ?1, ?2, ?3, typeof(?2)"));
  statement.bind(kNaN, kInfinity, -kInfinity);
  ASSERT_TRUE(valueOf(statement.step()));

  EXPECT_TRUE(statement.takeBool());
  EXPECT_TRUE(std::isnan(statement.takeReal()));
  EXPECT_EQ(statement.takeReal(), kInfinity);
  EXPECT_EQ(statement.takeReal(), -kInfinity);
  EXPECT_EQ(statement.takeText(), "real");
}

TEST_F(StatementTest, KeepsEveryByteOfATextAndTellsEmptyFromNull) {
  const std::string text("a\0b\xc3\xa9", 5);
  Statement statement = valueOf(database_->prepare("SELECT ?1, ?2 IS NULL, ?3 IS NULL"));
  statement.bind(text, std::string_view(), std::optional<std::string_view>());
  ASSERT_TRUE(valueOf(statement.step()));

  EXPECT_EQ(statement.takeText(), text);
  EXPECT_FALSE(statement.takeBool());
  EXPECT_TRUE(statement.takeBool());
}

TEST_F(StatementTest, StartsOverWhenBoundAgain) {
  Statement statement = valueOf(database_->prepare("SELECT ?1"));
  statement.bind(1);
  ASSERT_TRUE(valueOf(statement.step()));
  statement.bind(2);

  ASSERT_TRUE(valueOf(statement.step()));

  EXPECT_EQ(statement.takeInteger(), 2);
}

TEST_F(StatementTest, ForgetsItsParametersWhenItGoesBackToTheCache) {
  static constexpr const char* kEcho = "SELECT ?1";
  {
    Statement first = valueOf(database_->prepare(kEcho));
    first.bind("secret");
    ASSERT_TRUE(valueOf(first.step()));
  }

  Statement second = valueOf(database_->prepare(kEcho));
  second.bind();
  ASSERT_TRUE(valueOf(second.step()));

  EXPECT_EQ(second.takeText(), "");
}

TEST_F(StatementTest, RefusesMoreParametersThanTheStatementHas) {
  const Status status = run(*database_, "SELECT ?1", 1, 2);

  EXPECT_FALSE(status);
}

TEST_F(StatementTest, ClampsIntegersThatDoNotFitAnInt) {
  Statement statement = valueOf(database_->prepare("SELECT ?1, ?2"));
  statement.bind(std::int64_t{1} << 40, -(std::int64_t{1} << 40));
  ASSERT_TRUE(valueOf(statement.step()));

  EXPECT_EQ(statement.takeInt(), std::numeric_limits<int>::max());
  EXPECT_EQ(statement.takeOptionalInt(), std::numeric_limits<int>::min());
}

TEST_F(StatementTest, MovesWithoutLosingItsRow) {
  Statement statement = valueOf(database_->prepare("SELECT 1, 2"));
  statement.bind();
  ASSERT_TRUE(valueOf(statement.step()));
  EXPECT_EQ(statement.takeInteger(), 1);

  Statement moved = std::move(statement);

  EXPECT_EQ(moved.takeInteger(), 2);
}

TEST_F(StatementTest, ReadAllCollectsRowsAndPassesTheReadersErrorOn) {
  static constexpr const char* kNumbers = "SELECT value FROM json_each(?1)";
  const auto numbers = readAll(
      *database_, kNumbers, [](Statement& row) { return row.takeInteger(); }, "[3,1,2]");
  const auto refused = readAll(
      *database_,
      kNumbers,
      [](Statement& row) -> Result<std::int64_t> {
        const std::int64_t number = row.takeInteger();
        if (number == 1) {
          return fail(ErrorCode::kDatabase, "one is refused");
        }
        return number;
      },
      "[3,1,2]");

  EXPECT_EQ(valueOf(numbers), (std::vector<std::int64_t>{3, 1, 2}));
  expectError(refused, ErrorCode::kDatabase, "one is refused");
}

TEST_F(StatementTest, ReadFirstTellsNoRowFromOne) {
  static constexpr const char* kMany = "SELECT value FROM json_each(?1)";
  const auto read = [](Statement& row) {
    return row.takeText();
  };

  EXPECT_EQ(valueOf(readFirst(*database_, kMany, read, "[]")), std::nullopt);
  EXPECT_EQ(valueOf(readFirst(*database_, kMany, read, R"(["a","b"])")), "a");
  EXPECT_EQ(valueOf(readInteger(*database_, kMany, "[]")), 0);
}

TEST_F(StatementTest, RefusesTextInAnIntegerColumnOfAStrictTable) {
  expectOk(database_->execute("CREATE TABLE t (a INTEGER) STRICT"));

  const Status status = run(*database_, "INSERT INTO t VALUES (?1)", "not a number");

  expectError(status, ErrorCode::kDatabase, "cannot store TEXT value in INTEGER column");
}

}  // namespace
}  // namespace retort::storage
