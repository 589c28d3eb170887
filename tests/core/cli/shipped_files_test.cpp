#include "core/cli/shipped_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(ShippedFiles, AreFoundByKindAndName) {
  const auto grid = findShippedFile("grids", "demo.yaml");
  ASSERT_TRUE(grid.has_value()) << grid.error().message;
  EXPECT_EQ(grid->filename(), "demo.yaml");
  EXPECT_EQ(grid->parent_path().filename(), "grids");
  EXPECT_TRUE(findShippedFile("reproductions", "kim2022.yaml").has_value());
}

TEST(ShippedFiles, SayWhatThereIs) {
  const auto none = findShippedFile("grids", "demos.yaml");
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(none.error().message,
              AllOf(HasSubstr("no demos.yaml"), HasSubstr("there are: demo, ")));
}

TEST(ShippedFiles, AreListedByTheirNames) {
  EXPECT_THAT(shippedNames("reproductions"), ElementsAre("kim2022", "oh-we-freeze", "ti2023"));
  EXPECT_THAT(shippedNames("nothing"), IsEmpty());
}

TEST(ShippedFiles, AreNotFoundOutsideTheirFolders) {
  EXPECT_FALSE(findShippedFile("grids", "../reproductions/kim2022.yaml").has_value());
  EXPECT_FALSE(findShippedFile("grids", "").has_value());
}

}  // namespace
}  // namespace retort::cli
