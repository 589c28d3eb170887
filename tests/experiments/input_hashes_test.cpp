#include "experiments/input_hashes.h"

#include "tests/core/base/temp_folder.h"

#include <gtest/gtest.h>

namespace retort::experiments {
namespace {

class InputHashesTest : public ::testing::Test {
 protected:
  /// So long that the next change has another time than the last one.
  void passTime() const {
    const auto before = std::filesystem::last_write_time(folder_.write("clock", ""));
    while (std::filesystem::last_write_time(folder_.write("clock", "")) == before) {
    }
  }

  retort::testing::TempFolder folder_;
  int reads_ = 0;
  InputHashes hashes_{[this](const std::filesystem::path& path) {
    ++reads_;
    return sha256OfInput(path);
  }};
};

TEST_F(InputHashesTest, ReadsAFileOnce) {
  const auto file = folder_.write("one.txt", "first");
  EXPECT_EQ(*hashes_.hashOf(file), sha256Hex("first"));
  EXPECT_EQ(*hashes_.hashOf(file), sha256Hex("first"));
  EXPECT_EQ(reads_, 1);
}

TEST_F(InputHashesTest, NoticesOtherContentsOfTheSameSize) {
  const auto file = folder_.write("one.txt", "first");
  EXPECT_EQ(*hashes_.hashOf(file), sha256Hex("first"));
  passTime();
  folder_.write("one.txt", "other");
  EXPECT_EQ(*hashes_.hashOf(file), sha256Hex("other"));
}

TEST_F(InputHashesTest, NoticesWhatComesToAFolderAndLeavesIt) {
  folder_.write("many/a", "first");
  const std::string before = *hashes_.hashOf(folder_ / "many");
  EXPECT_EQ(before, *sha256OfInput(folder_ / "many"));
  const auto second = folder_.write("many/b", "second");
  EXPECT_EQ(*hashes_.hashOf(folder_ / "many"), *sha256OfInput(folder_ / "many"));
  EXPECT_EQ(*hashes_.hashOf(folder_ / "many"), *sha256OfInput(folder_ / "many"));
  EXPECT_EQ(reads_, 2);
  std::filesystem::remove(second);
  EXPECT_EQ(*hashes_.hashOf(folder_ / "many"), before);
}

TEST_F(InputHashesTest, ForgetsErrors) {
  EXPECT_FALSE(hashes_.hashOf(folder_ / "late.txt"));
  const auto file = folder_.write("late.txt", "here");
  EXPECT_EQ(*hashes_.hashOf(file), sha256Hex("here"));
}

TEST_F(InputHashesTest, ReadsAgainWhatChangesWhileItIsRead) {
  const auto file = folder_.write("one.txt", "first");
  int reads = 0;
  InputHashes hashes([&](const std::filesystem::path& path) {
    folder_.write("one.txt", ++reads == 1 ? "longer than before" : "last");
    return sha256OfInput(path);
  });
  EXPECT_TRUE(hashes.hashOf(file));
  EXPECT_EQ(*hashes.hashOf(file), sha256Hex("last"));
  EXPECT_EQ(reads, 2);
}

}  // namespace
}  // namespace retort::experiments
