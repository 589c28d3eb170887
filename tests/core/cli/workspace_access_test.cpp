#include "core/cli/workspace_access.h"

#include "core/base/file.h"
#include "tests/core/cli/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::cli {
namespace {

using ::testing::HasSubstr;

TEST(WorkspaceAccess, SaysHowToMakeAWorkspace) {
  const TemporaryFolder folder;
  Session session;
  session.paths.folder = folder.path() / "none";

  const auto store = openWorkspace(session, storage::Access::kReadOnly);

  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(store.error().message, HasSubstr("'retort run FILE' makes one"));
}

TEST(WorkspaceAccess, MakesAWorkspaceWhenAsked) {
  const TemporaryFolder folder;
  Session session;
  session.paths.folder = folder.path() / "new";

  EXPECT_TRUE(openWorkspace(session, storage::Access::kCreate).has_value());
  EXPECT_TRUE(openWorkspace(session, storage::Access::kReadOnly).has_value());
}

TEST(DeliverDocument, WritesTheFileOrPrints) {
  const TemporaryFolder folder;
  const std::string file = (folder.path() / "table.md").string();

  ASSERT_TRUE(deliverDocument("| a |\n", file, false).has_value());
  EXPECT_EQ(readFile(file, 100).value_or(""), "| a |\n");

  testing::internal::CaptureStdout();
  ASSERT_TRUE(deliverDocument("| b |\n", "-", false).has_value());
  ASSERT_TRUE(finishOutput().has_value());
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "| b |\n");
}

TEST(DeliverDocument, ReplacesAFileOnlyWhenItMay) {
  const TemporaryFolder folder;
  const std::string file = (folder.path() / "table.md").string();
  ASSERT_TRUE(deliverDocument("old", file, false).has_value());

  const Status refused = deliverDocument("new", file, false);

  EXPECT_EQ(refused.error().code, ErrorCode::kAlreadyExists);
  EXPECT_THAT(refused.error().message, HasSubstr("--force"));
  EXPECT_TRUE(deliverDocument("new", file, true).has_value());
  EXPECT_EQ(readFile(file, 100).value_or(""), "new");
}

TEST(Catalogues, RememberWhatATrainerAnswered) {
  const TemporaryFolder folder;
  Catalogues catalogues(WorkspacePaths{folder.path()});

  EXPECT_EQ(catalogues.find("nobody").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(catalogues.find("nobody").error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace retort::cli
