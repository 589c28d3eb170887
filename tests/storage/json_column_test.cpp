#include "storage/json_column.h"

#include "tests/storage/store_fixture.h"

namespace retort::storage {
namespace {

TEST(JsonColumn, ReadsBackWhatWasWritten) {
  const Json json = {{"a", 1}, {"b", {1.5, "x", nullptr}}};

  EXPECT_EQ(valueOf(parseJsonColumn(canonicalJson(json), "thing")), json);
}

TEST(JsonColumn, NamesWhatIsDamaged) {
  expectError(parseJsonColumn("{", "run spec"), ErrorCode::kDatabase, "malformed run spec");
}

TEST(JsonColumn, ListsForJsonEach) {
  EXPECT_EQ(jsonList({}), "");
  EXPECT_EQ(jsonList({"a", "b\"'"}), R"(["a","b\"'"])");
}

}  // namespace
}  // namespace retort::storage
