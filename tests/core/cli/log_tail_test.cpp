#include "core/run/log_tail.h"

#include "tests/core/cli/temporary_folder.h"

#include <gtest/gtest.h>

#include <fstream>

namespace retort::cli {
namespace {

class LogTailFile : public ::testing::Test {
 protected:
  void append(const std::string& text) {
    std::ofstream(file_, std::ios::app | std::ios::binary) << text;
  }

  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "train.log";
};

TEST_F(LogTailFile, OfAMissingFileIsEmpty) {
  LogTail tail(file_);

  EXPECT_EQ(*tail.readLast(10), "");
  EXPECT_EQ(*tail.readLines(), "");
}

TEST_F(LogTailFile, BeginsWithTheLastLines) {
  append("one\ntwo\nthree\n");

  EXPECT_EQ(*LogTail(file_).readLast(2), "two\nthree\n");
  EXPECT_EQ(*LogTail(file_).readLast(3), "one\ntwo\nthree\n");
  EXPECT_EQ(*LogTail(file_).readLast(9), "one\ntwo\nthree\n");
}

TEST_F(LogTailFile, GivesOutWholeLinesAsTheyCome) {
  LogTail tail(file_);
  append("first\nhal");
  EXPECT_EQ(*tail.readLast(10), "first\n");

  append("f\nnext");
  EXPECT_EQ(*tail.readLines(), "half\n");
  EXPECT_EQ(*tail.readLines(), "");
  EXPECT_EQ(tail.takeRest(), "next\n");
  EXPECT_EQ(tail.takeRest(), "");
}

TEST_F(LogTailFile, StartsAgainWhenTheFileShrank) {
  LogTail tail(file_);
  append("a long first attempt\n");
  EXPECT_EQ(*tail.readLast(10), "a long first attempt\n");

  std::ofstream(file_, std::ios::trunc) << "again\n";

  EXPECT_EQ(*tail.readLines(), "again\n");
}

TEST_F(LogTailFile, MakesControlCharactersVisible) {
  append("\x1b]0;owned\x07 50 %\r100 %\xff\n");

  const std::string text = *LogTail(file_).readLast(10);

  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find('\r'), std::string::npos);
  EXPECT_EQ(text.find('\xff'), std::string::npos);
  EXPECT_EQ(text.back(), '\n');
}

TEST_F(LogTailFile, ReadsOnlyTheEndOfAHugeFile) {
  append(std::string(20 << 20, 'x') + "\nlast\n");

  EXPECT_EQ(*LogTail(file_).readLast(1), "last\n");
}

TEST_F(LogTailFile, RefusesWhatIsNoFile) {
  EXPECT_FALSE(LogTail(folder_.path()).readLast(1).has_value());
}

}  // namespace
}  // namespace retort::cli
