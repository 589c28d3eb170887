#include "core/cli/output_file.h"

#include "core/base/file.h"
#include "tests/core/cli/temporary_folder.h"

#include <gtest/gtest.h>

namespace retort::cli {
namespace {

std::size_t filesIn(const std::filesystem::path& folder) {
  const std::filesystem::directory_iterator entries(folder);
  return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

TEST(OutputFile, AppearsWhenItIsComplete) {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder.path() / "points.csv";
  auto output = OutputFile::open(file.string(), false);
  ASSERT_TRUE(output.has_value());

  output->write("a,b\r\n");
  EXPECT_FALSE(std::filesystem::exists(file));
  ASSERT_TRUE(output->commit().has_value());

  EXPECT_EQ(readFile(file, 100).value_or(""), "a,b\r\n");
  EXPECT_EQ(filesIn(folder.path()), 1U);
}

TEST(OutputFile, LeavesNothingWhenItIsGivenUp) {
  const TemporaryFolder folder;
  {
    auto output = OutputFile::open((folder.path() / "points.csv").string(), false);
    output->write("half");
  }

  EXPECT_EQ(filesIn(folder.path()), 0U);
}

TEST(OutputFile, ReplacesOnlyWhenItMay) {
  const TemporaryFolder folder;
  const std::string file = (folder.path() / "points.csv").string();
  ASSERT_TRUE(writeFileAtomically(file, "old").has_value());

  const auto refused = OutputFile::open(file, false);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kAlreadyExists);

  auto output = OutputFile::open(file, true);
  output->write("new");
  EXPECT_EQ(readFile(file, 100).value_or(""), "old");
  ASSERT_TRUE(output->commit().has_value());
  EXPECT_EQ(readFile(file, 100).value_or(""), "new");
}

TEST(OutputFile, FailsWhereNoFileCanBe) {
  EXPECT_FALSE(OutputFile::open("/nonexistent/points.csv", false).has_value());
}

TEST(OutputFile, ReportsAFullDisk) {
  if (!std::filesystem::exists("/dev/full")) {
    GTEST_SKIP() << "no /dev/full";
  }
  const TemporaryFolder folder;
  // The part file of this process is already there as a link to a full device: opening refuses to
  // follow it.
  const std::string file = (folder.path() / "x").string();
  std::filesystem::create_symlink("/dev/full", file + ".part-" + std::to_string(getpid()));

  EXPECT_FALSE(OutputFile::open(file, false).has_value());
}

}  // namespace
}  // namespace retort::cli
