#include "trainers/io/mapped_file.h"

#include "tests/core/base/temp_folder.h"

#include <gtest/gtest.h>

namespace retort::train {
namespace {

TEST(MappedFile, IsTheFileAlsoWhenItsNameIsGone) {
  const retort::testing::TempFolder folder;
  const auto path = folder.write("file", "contents");

  const auto file = MappedFile::open(path);
  std::filesystem::remove(path);

  ASSERT_TRUE(file);
  EXPECT_EQ(file->view(), "contents");
}

TEST(MappedFile, IsNullForWhatHasNoContents) {
  const retort::testing::TempFolder folder;

  EXPECT_FALSE(MappedFile::open(folder / "missing"));
  EXPECT_FALSE(MappedFile::open(folder.path()));
  EXPECT_FALSE(MappedFile::open(folder.write("empty", "")));
}

}  // namespace
}  // namespace retort::train
