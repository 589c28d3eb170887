#include "core/agent/run_folder.h"

#include "core/agent/run_lock.h"
#include "core/base/file.h"
#include "experiments/spec_file.h"
#include "tests/core/base/temp_folder.h"

#include <gmock/gmock.h>

#include <fstream>

#include <fcntl.h>
#include <sys/file.h>

namespace retort {
namespace {

using ::testing::HasSubstr;

class RunFolder : public ::testing::Test {
 protected:
  RunFolder() {
    spec.run_id = "0123456789abcdef";
    spec.trainer = "fake";
    spec.release = "1";
    spec.settings["seed"] = 7;
  }

  testing::TempFolder folder;
  WorkspacePaths workspace{folder.path()};
  RunSpec spec;
  RunPaths paths = workspace.run("0123456789abcdef");
};

TEST_F(RunFolder, HoldsTheSpec) {
  ASSERT_TRUE(makeRunFolder(workspace, spec));

  EXPECT_EQ(experiments::readSpecFile(paths.spec()), spec);
}

TEST_F(RunFolder, IsNotWrittenAgain) {
  ASSERT_TRUE(makeRunFolder(workspace, spec));
  folder.write("runs/0123456789abcdef/spec.yaml", "kept");

  ASSERT_TRUE(makeRunFolder(workspace, spec));

  EXPECT_EQ(testing::contentsOf(paths.spec()), "kept");
}

TEST_F(RunFolder, IsRefusedForNamesThatAreNoIds) {
  spec.run_id = "../../evil";

  EXPECT_FALSE(makeRunFolder(workspace, spec));
  EXPECT_FALSE(removeRunFolder(workspace, "../../evil"));
  EXPECT_FALSE(removeCheckpoints(workspace, ".."));
}

TEST_F(RunFolder, IsRefusedWhenItIsALinkOutOfTheWorkspace) {
  testing::TempFolder elsewhere;
  std::filesystem::create_directories(workspace.runs());
  std::filesystem::create_directory_symlink(elsewhere.path(), paths.folder);

  EXPECT_FALSE(makeRunFolder(workspace, spec));
  EXPECT_TRUE(std::filesystem::is_empty(elsewhere.path()));
}

TEST_F(RunFolder, RemovalNeverFollowsLinks) {
  testing::TempFolder elsewhere;
  elsewhere.write("precious", "data");
  ASSERT_TRUE(makeRunFolder(workspace, spec));
  std::filesystem::create_directory_symlink(elsewhere.path(), paths.folder / "link");

  ASSERT_TRUE(removeRunFolder(workspace, spec.run_id));

  EXPECT_FALSE(std::filesystem::exists(paths.folder));
  EXPECT_TRUE(std::filesystem::exists(elsewhere / "precious"));
}

TEST_F(RunFolder, U07RemovalKeepsTheFolderInTheTrash) {
  ASSERT_TRUE(makeRunFolder(workspace, spec));
  folder.write("runs/0123456789abcdef/train.log", "words");

  ASSERT_TRUE(removeRunFolder(workspace, spec.run_id));

  const std::filesystem::directory_iterator entry(workspace.trash());
  EXPECT_EQ(entry->path().filename().string().rfind("0123456789abcdef-", 0), 0U);
  EXPECT_TRUE(std::filesystem::exists(entry->path() / "train.log"));
}

TEST_F(RunFolder, U07RemovalLeavesFilesThatAreOpenElsewhereWhole) {
  ASSERT_TRUE(makeRunFolder(workspace, spec));
  folder.write("runs/0123456789abcdef/train.log", "before");
  std::fstream reader(paths.log(), std::ios::in | std::ios::out | std::ios::ate);

  ASSERT_TRUE(removeRunFolder(workspace, spec.run_id));

  reader << " and after" << std::flush;
  const std::filesystem::directory_iterator entry(workspace.trash());
  EXPECT_EQ(readFile(entry->path() / "train.log", 100).value_or(""), "before and after");
}

TEST_F(RunFolder, RemovalOfNothingIsDone) {
  EXPECT_TRUE(removeRunFolder(workspace, spec.run_id));
  EXPECT_TRUE(removeCheckpoints(workspace, spec.run_id));
}

TEST_F(RunFolder, LastLogLineIsSafeToPrint) {
  EXPECT_EQ(lastLogLine(paths), "");
  folder.write("runs/0123456789abcdef/train.log", "first\nout of \033[2Jmemory\n\n  \n");

  EXPECT_THAT(lastLogLine(paths), HasSubstr("memory"));
  EXPECT_THAT(lastLogLine(paths), ::testing::Not(HasSubstr("\033")));
}

TEST_F(RunFolder, LastLogLineIsCutWhenItNeverEnds) {
  folder.write("runs/0123456789abcdef/train.log", std::string(1 << 20, 'x'));

  EXPECT_EQ(lastLogLine(paths).size(), 300u);
}

TEST_F(RunFolder, KnowsTheSizeOfItsEventFile) {
  EXPECT_EQ(eventFileBytes(paths), -1);
  folder.write("runs/0123456789abcdef/events.jsonl", "12345");

  EXPECT_EQ(eventFileBytes(paths), 5);
}

TEST_F(RunFolder, LockTellsWhoHoldsIt) {
  EXPECT_FALSE(readRunLock(paths.lock()).is_held) << "no such file";
  const auto file = folder.write("runs/0123456789abcdef/lock", "4711\n");
  EXPECT_FALSE(readRunLock(file).is_held) << "nobody holds it";
  const FileDescriptor holder(::open(file.c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_EQ(::flock(holder.get(), LOCK_EX), 0);

  const RunLock lock = readRunLock(file);

  EXPECT_TRUE(lock.is_held);
  EXPECT_EQ(lock.pid, 4711);
}

TEST_F(RunFolder, LookingAtALockDoesNotKeepIt) {
  const auto file = folder.write("runs/0123456789abcdef/lock", "");
  EXPECT_FALSE(readRunLock(file).is_held);

  const FileDescriptor trainer(::open(file.c_str(), O_RDWR | O_CLOEXEC));

  EXPECT_EQ(::flock(trainer.get(), LOCK_EX | LOCK_NB), 0);
}

}  // namespace
}  // namespace retort
