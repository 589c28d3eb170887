#include "core/base/file.h"

#include "tests/core/base/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace retort {
namespace {

using testing::contentsOf;
using ::testing::HasSubstr;
using testing::TempFolder;

std::size_t filesIn(const std::filesystem::path& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder),
                                                std::filesystem::directory_iterator()));
}

TEST(ReadFile, ReadsAWholeFile) {
  const TempFolder folder;
  const std::string contents = "a\0b\n" + std::string(200000, 'x');
  EXPECT_EQ(readFile(folder.write("f", contents), 1 << 20), contents);
  EXPECT_EQ(readFile(folder.write("empty", ""), 0), "");
}

TEST(ReadFile, AcceptsExactlyTheLimit) {
  const TempFolder folder;
  const auto file = folder.write("f", "12345");
  EXPECT_EQ(readFile(file, 5), "12345");
  ASSERT_FALSE(readFile(file, 4));
  EXPECT_EQ(readFile(file, 4).error().code, ErrorCode::kInvalidData);
  EXPECT_THAT(readFile(file, 4).error().message, HasSubstr("more than the 4 bytes"));
}

// C18: what is not a regular file is refused at once.
TEST(ReadFile, RefusesWhatIsNotARegularFile) {
  const TempFolder folder;
  const auto fifo = folder / "fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_THAT(readFile(fifo, 100).error().message, HasSubstr("not a regular file"));
  EXPECT_THAT(readFile("/dev/zero", 100).error().message, HasSubstr("not a regular file"));
  EXPECT_THAT(readFile(folder.path(), 100).error().message, HasSubstr("it is a folder"));
}

TEST(ReadFile, SaysWhatIsMissingOrForbidden) {
  const TempFolder folder;
  const auto missing = readFile(folder / "none", 100);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(missing.error().message, HasSubstr("none: No such file"));
  EXPECT_EQ(readFile(folder.write("f", "") / "below", 1).error().code, ErrorCode::kNotFound);
  if (::geteuid() == 0) {
    GTEST_SKIP() << "root may read everything";
  }
  const auto file = folder.write("secret", "x");
  ::chmod(file.c_str(), 0);
  EXPECT_EQ(readFile(file, 100).error().code, ErrorCode::kIo);
  EXPECT_THAT(readFile(file, 100).error().message, HasSubstr("Permission denied"));
}

TEST(WriteFileAtomically, CreatesAndReplaces) {
  const TempFolder folder;
  const auto file = folder / "f";
  ASSERT_TRUE(writeFileAtomically(file, "one"));
  EXPECT_EQ(contentsOf(file), "one");
  ASSERT_TRUE(writeFileAtomically(file, std::string(300000, 'y')));
  EXPECT_EQ(contentsOf(file).size(), 300000U);
  EXPECT_EQ(filesIn(folder.path()), 1U);
}

TEST(WriteFileAtomically, HonoursTheUmask) {
  const TempFolder folder;
  const mode_t before = ::umask(0027);
  ASSERT_TRUE(writeFileAtomically(folder / "f", "x"));
  ::umask(before);

  struct stat status {};

  ASSERT_EQ(::stat((folder / "f").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0640U);
}

TEST(WriteFileAtomically, FailsCleanlyWithoutTheFolder) {
  const TempFolder folder;
  const auto status = writeFileAtomically(folder / "none" / "f", "x");
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kNotFound);
}

TEST(WriteFileAtomically, LeavesNothingWhenTheTargetIsAFolder) {
  const TempFolder folder;
  std::filesystem::create_directories(folder / "target" / "inside");
  EXPECT_FALSE(writeFileAtomically(folder / "target", "x"));
  EXPECT_EQ(filesIn(folder.path()), 1U);
}

// A full disk, played by a file size limit: the old file stays whole, nothing else is left.
TEST(WriteFileAtomically, KeepsTheOldFileWhenThereIsNoRoom) {
  const TempFolder folder;
  const auto file = folder.write("f", "old");
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  rlimit small = before;
  small.rlim_cur = 1000;
  ::setrlimit(RLIMIT_FSIZE, &small);
  const auto status = writeFileAtomically(file, std::string(5000, 'n'));
  ::setrlimit(RLIMIT_FSIZE, &before);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kIo);
  EXPECT_EQ(contentsOf(file), "old");
  EXPECT_EQ(filesIn(folder.path()), 1U);
}

TEST(EscapeForTerminal, MakesControlCharactersVisible) {
  EXPECT_EQ(escapeForTerminal("a\x1b[31mb\r\t\x7f\x01"), "a\\x1b[31mb\\r\\t\\x7f\\x01");
  EXPECT_EQ(escapeForTerminal("\xC2\x9B"
                              "31m"),
            "\\u009b31m");
  EXPECT_EQ(escapeForTerminal("x\u202Ey\u2066z\u2028"), "x\\u202ey\\u2066z\\u2028");
}

TEST(EscapeForTerminal, MakesInvalidUtf8Visible) {
  EXPECT_EQ(escapeForTerminal("a\xFFz\xC3"), "a\\xffz\\xc3");
}

TEST(EscapeForTerminal, LeavesOrdinaryTextAlone) {
  EXPECT_EQ(escapeForTerminal("plain é 中 😀"), "plain é 中 😀");
  EXPECT_EQ(escapeForTerminal("a\nb"), "a\\nb");
  EXPECT_EQ(escapeForTerminal("a\nb", true), "a\nb");
}

TEST(FileDescriptor, ClosesOnceAndMoves) {
  FileDescriptor second;
  int number = -1;
  {
    FileDescriptor first(::dup(0));
    number = first.get();
    ASSERT_TRUE(first.isOpen());
    second = std::move(first);
  }
  EXPECT_EQ(second.get(), number);
  const FileDescriptor third(std::move(second));
  EXPECT_EQ(third.get(), number);
}

TEST(WallClockMs, IsInThisCentury) {
  EXPECT_GT(wallClockMs(), 1'700'000'000'000);
  EXPECT_LT(wallClockMs(), 4'000'000'000'000);
}

}  // namespace
}  // namespace retort
