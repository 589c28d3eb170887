#include "core/agent/train_log.h"

#include "tests/core/base/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace retort {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::int64_t kLimit = 64 << 10;

class TrainLog : public ::testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path file() const { return folder_.path() / "train.log"; }

  void write(const std::string& text) const {
    std::ofstream(file(), std::ios::binary | std::ios::app) << text;
  }

  /// Lines "line BEGIN" up to "line END".
  void writeLines(int begin, int end) const {
    std::string text;
    for (int i = begin; i <= end; ++i) {
      text += fmt::format("line {}\n", i);
    }
    write(text);
  }

  [[nodiscard]] std::string contents() const {
    std::ostringstream text;
    text << std::ifstream(file(), std::ios::binary).rdbuf();
    return text.str();
  }

  retort::testing::TempFolder folder_;
};

TEST_F(TrainLog, LeavesAFileBelowTheLimitAlone) {
  write(std::string(kLimit, 'x'));

  EXPECT_EQ(capTrainLog(file(), kLimit), false);
  EXPECT_EQ(contents().size(), kLimit);
}

TEST_F(TrainLog, IsNotMissedWhenThereIsNone) {
  EXPECT_EQ(capTrainLog(file(), kLimit), false);
}

TEST_F(TrainLog, KeepsTheBeginningAndTheEnd) {
  writeLines(1, 20'000);

  ASSERT_EQ(capTrainLog(file(), kLimit), true);

  const std::string text = contents();
  EXPECT_LE(text.size(), kLimit / 2 + 200);
  EXPECT_THAT(text, StartsWith("line 1\nline 2\n"));
  EXPECT_THAT(text,
              HasSubstr("\n[retort: output was left out here, to keep this file below 65536"));
  EXPECT_THAT(text, EndsWith("\nline 19999\nline 20000\n"));
}

TEST_F(TrainLog, GoesOnAtTheBeginningOfALine) {
  writeLines(1, 20'000);
  ASSERT_EQ(capTrainLog(file(), kLimit), true);

  EXPECT_THAT(contents(), HasSubstr("bytes]\nline "));
}

TEST_F(TrainLog, KeepsItsBeginningAndOneNoteHoweverOftenItIsShortened) {
  writeLines(1, 20'000);
  ASSERT_EQ(capTrainLog(file(), kLimit), true);
  writeLines(20'001, 40'000);
  ASSERT_EQ(capTrainLog(file(), kLimit), true);

  const std::string text = contents();
  EXPECT_THAT(text, StartsWith("line 1\nline 2\n"));
  EXPECT_EQ(text.find("[retort: output"), text.rfind("[retort: output"));
  EXPECT_THAT(text, EndsWith("\nline 40000\n"));
}

TEST_F(TrainLog, TakesALineThatNeverEnds) {
  write(std::string(3 * kLimit, 'x'));

  ASSERT_EQ(capTrainLog(file(), kLimit), true);

  EXPECT_LE(contents().size(), kLimit);
}

TEST_F(TrainLog, KeepsBinaryOutputAsItIs) {
  write(std::string(3 * kLimit, '\0') + "\xFF\xFE end");

  ASSERT_EQ(capTrainLog(file(), kLimit), true);

  EXPECT_THAT(contents(), EndsWith("\xFF\xFE end"));
}

TEST_F(TrainLog, IsAppendedToByATrainerThatHasItOpen) {
  const int trainer = ::open(file().c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  writeLines(1, 20'000);
  ASSERT_EQ(capTrainLog(file(), kLimit), true);
  const std::size_t shortened = contents().size();

  ASSERT_EQ(::write(trainer, "and on\n", 7), 7);
  ::close(trainer);

  EXPECT_EQ(contents().size(), shortened + 7) << "no hole before it";
  EXPECT_THAT(contents(), EndsWith("line 20000\nand on\n"));
}

TEST_F(TrainLog, NeverFollowsALink) {
  const std::filesystem::path other = folder_.path() / "other";
  std::ofstream(other) << std::string(2 * kLimit, 'x');
  std::filesystem::create_symlink(other, file());

  EXPECT_EQ(capTrainLog(file(), kLimit), false);
  EXPECT_EQ(std::filesystem::file_size(other), 2U * kLimit);
}

TEST_F(TrainLog, IsNotWaitedForWhenItIsAPipe) {
  ASSERT_EQ(::mkfifo(file().c_str(), 0644), 0);

  EXPECT_EQ(capTrainLog(file(), kLimit), false);
}

}  // namespace
}  // namespace retort
