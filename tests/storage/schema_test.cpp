#include "storage/schema.h"

#include "tests/storage/store_fixture.h"

#include <array>

namespace retort::storage {
namespace {

constexpr std::array<const char*, 1> kOld = {
    "CREATE TABLE t (a INTEGER) STRICT; INSERT INTO t VALUES (1);"};
constexpr std::array<const char*, 3> kNew = {
    kOld[0], "ALTER TABLE t ADD COLUMN b TEXT NOT NULL DEFAULT 'x';", "CREATE INDEX t_b ON t (b);"};
constexpr std::array<const char*, 3> kBroken = {kOld[0], kNew[1], "CREATE NONSENSE;"};

TEST(Migrate, BringsABlankDatabaseToTheLastVersion) {
  auto database = valueOf(Database::openInMemory());
  EXPECT_TRUE(valueOf(readSchemaState(*database)).isBlank());

  expectOk(migrate(*database, migrations()));

  const SchemaState state = valueOf(readSchemaState(*database));
  EXPECT_EQ(state.application_id, kApplicationId);
  EXPECT_EQ(state.version, static_cast<std::int64_t>(migrations().size()));
  EXPECT_FALSE(state.isBlank());
}

TEST(Migrate, RunsOnlyTheMissingSteps) {
  auto database = valueOf(Database::openInMemory());
  expectOk(migrate(*database, kOld));

  expectOk(migrate(*database, kNew));

  EXPECT_EQ(countOf(*database, "SELECT count(*) FROM t WHERE b = 'x'"), 1);
  EXPECT_EQ(valueOf(readSchemaState(*database)).version, 3);
}

TEST(Migrate, LeavesTheOldVersionUsableWhenAStepFails) {
  auto database = valueOf(Database::openInMemory());
  expectOk(migrate(*database, kOld));

  const Status status = migrate(*database, kBroken);

  expectError(status, ErrorCode::kDatabase, "migrating the workspace");
  EXPECT_EQ(valueOf(readSchemaState(*database)).version, 1);
  EXPECT_EQ(countOf(*database, "SELECT count(*) FROM pragma_table_info('t')"), 1);
  expectOk(migrate(*database, kNew));
}

TEST(Migrate, DoesNothingToACurrentOrNewerDatabase) {
  auto database = valueOf(Database::openInMemory());
  expectOk(migrate(*database, kNew));

  expectOk(migrate(*database, kNew));
  expectOk(migrate(*database, kOld));

  EXPECT_EQ(valueOf(readSchemaState(*database)).version, 3);
}

TEST(SchemaState, AcceptsBlankAndCurrentFiles) {
  const auto current = static_cast<std::int64_t>(migrations().size());
  expectOk(checkSchemaState({0, 0, 0}, "f", false));
  expectOk(checkSchemaState({kApplicationId, current, 20}, "f", false));
  expectOk(checkSchemaState({kApplicationId, current, 20}, "f", true));
}

TEST(SchemaState, RefusesFilesOfOtherProgramsAndVersions) {
  const auto current = static_cast<std::int64_t>(migrations().size());
  expectError(checkSchemaState({0, 0, 1}, "f.db", true), ErrorCode::kDatabase, "another program");
  expectError(checkSchemaState({77, 1, 1}, "f.db", true), ErrorCode::kDatabase, "f.db");
  expectError(checkSchemaState({kApplicationId, current + 1, 1}, "f.db", true),
              ErrorCode::kDatabase,
              "made by a newer version of Retort (schema 2, this program knows 1)");
  expectError(
      checkSchemaState({kApplicationId, 0, 1}, "f.db", true), ErrorCode::kDatabase, "damaged");
  expectError(
      checkSchemaState({kApplicationId, -3, 1}, "f.db", false), ErrorCode::kDatabase, "damaged");
}

class SchemaObjects : public ::testing::Test {
 protected:
  SchemaObjects() { expectOk(migrate(*database_, migrations())); }

  Status check() { return checkSchemaObjects(*database_, "workspace.db"); }

  std::unique_ptr<Database> database_ = valueOf(Database::openInMemory());
};

TEST_F(SchemaObjects, AcceptsWhatTheMigrationsMade) {
  expectOk(check());
}

TEST_F(SchemaObjects, AcceptsAdditionalTablesAndViewsOfTheUser) {
  expectOk(
      database_->execute("CREATE TABLE mine (a INTEGER); CREATE INDEX mine_a ON mine (a);"
                         "CREATE VIEW my_runs AS SELECT run_id FROM v_runs;"
                         "ANALYZE"));

  expectOk(check());
}

TEST_F(SchemaObjects, RefusesTriggers) {
  expectOk(
      database_->execute("CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM requests; END"));

  expectError(check(), ErrorCode::kDatabase, "an additional trigger 't'");
}

TEST_F(SchemaObjects, RefusesAViewInPlaceOfATable) {
  expectOk(database_->execute("DROP TABLE lease; CREATE VIEW lease AS SELECT 1 AS pid"));

  expectError(check(), ErrorCode::kDatabase, "the table lease is missing or changed");
}

TEST_F(SchemaObjects, RefusesAChangedTable) {
  expectOk(database_->execute("ALTER TABLE requests ADD COLUMN extra TEXT"));

  expectError(check(), ErrorCode::kDatabase, "the table requests is missing or changed");
}

TEST_F(SchemaObjects, RefusesAnIndexOnOurTables) {
  expectOk(database_->execute("CREATE INDEX spy ON runs (abs(priority))"));

  expectError(check(), ErrorCode::kDatabase, "an additional index 'spy'");
}

TEST_F(SchemaObjects, ViewsExplainThemselvesInTheSchema) {
  EXPECT_EQ(
      countOf(
          *database_,
          "SELECT count(*) FROM sqlite_schema WHERE type = 'view' AND sql LIKE '%-- One row a%'"),
      6);
  EXPECT_EQ(countOf(*database_,
                    "SELECT sql LIKE '%NULL is not-a-number (NaN)%' FROM sqlite_schema "
                    "WHERE name = 'v_metrics'"),
            1);
}

TEST_F(SchemaObjects, TablesAreStrict) {
  EXPECT_EQ(
      countOf(
          *database_,
          "SELECT count(*) FROM pragma_table_list "
          "WHERE schema = 'main' AND type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'"),
      0);
}

}  // namespace
}  // namespace retort::storage
