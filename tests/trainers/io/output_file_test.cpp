#include "trainers/io/output_file.h"

#include "tests/core/base/temp_folder.h"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <system_error>

#include <sys/resource.h>

namespace retort::train {

namespace {

namespace fs = std::filesystem;

using ::retort::testing::contentsOf;
using ::retort::testing::TempFolder;

std::ptrdiff_t entriesOf(const fs::path& folder) {
  return std::distance(fs::directory_iterator(folder), {});
}

}  // namespace

TEST(OutputFile, AppearsWhenItIsCommitted) {
  const TempFolder folder;
  const fs::path file = folder.write("a.txt", "old");
  {
    OutputFile output(file);
    output.write("new ", 4);
    output.write("text", 4);
    EXPECT_EQ(contentsOf(file), "old");
    output.commit();
  }

  EXPECT_EQ(contentsOf(file), "new text");
  EXPECT_EQ(entriesOf(folder.path()), 1);
}

TEST(OutputFile, LeavesNothingWhenItIsGivenUp) {
  const TempFolder folder;
  const fs::path file = folder.write("a.txt", "old");
  {
    OutputFile output(file);
    output.write("half", 4);
  }

  EXPECT_EQ(contentsOf(file), "old");
  EXPECT_EQ(entriesOf(folder.path()), 1);
}

TEST(OutputFile, SaysWhatTheSystemRefused) {
  const TempFolder folder;
  EXPECT_THROW(OutputFile(folder / "none/a.txt"), std::system_error);
  EXPECT_THROW(
      {
        OutputFile output(folder / "blocked");
        fs::create_directory(folder / "blocked");
        output.commit();
      },
      std::system_error);
}

TEST(OutputFile, ReportsWhatTheDiskDoesNotTake) {
  const TempFolder folder;
  const fs::path file = folder.write("a.txt", "old");

  struct rlimit before {};

  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  auto* const old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit small = {.rlim_cur = 1000, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);

  EXPECT_THROW(
      {
        OutputFile output(file);
        const std::string bytes(5000, 'x');
        output.write(bytes.data(), bytes.size());
        output.commit();
      },
      std::system_error);

  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_EQ(contentsOf(file), "old");
  EXPECT_EQ(entriesOf(folder.path()), 1);
}

TEST(PublishFolder, PutsAFolderInPlace) {
  const TempFolder folder;
  const fs::path prepared = makeTemporaryFolder(folder / "model");
  EXPECT_TRUE(fs::is_empty(prepared));
  fs::create_directory(prepared / "inside");

  publishFolder(prepared, folder / "model");

  EXPECT_TRUE(fs::is_directory(folder / "model/inside"));
  EXPECT_EQ(entriesOf(folder.path()), 1);
}

TEST(PublishFolder, ExchangesAnExistingOne) {
  const TempFolder folder;
  folder.write("model/old.txt", "old");
  const fs::path prepared = makeTemporaryFolder(folder / "model");
  fs::create_directory(prepared / "new");

  publishFolder(prepared, folder / "model");

  EXPECT_TRUE(fs::exists(folder / "model/new"));
  EXPECT_FALSE(fs::exists(folder / "model/old.txt"));
  EXPECT_EQ(entriesOf(folder.path()), 1);
}

TEST(RemoveTemporaries, TouchesNothingElse) {
  const TempFolder folder;
  folder.write(".retort-state-7-0.part", "half");
  folder.write(".retort-step-000001-7-1.part/state.safetensors", "half");
  folder.write("step-000001/state.safetensors", "whole");
  folder.write(".retort-notes", "mine");

  removeTemporaries(folder.path());
  removeTemporaries(folder / "none");

  EXPECT_EQ(entriesOf(folder.path()), 2);
  EXPECT_TRUE(fs::exists(folder / "step-000001/state.safetensors"));
}

}  // namespace retort::train
