#include "trainers/training/run_lock.h"

#include "tests/trainers/training/temporary_folder.h"
#include "trainers/train_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include <unistd.h>

namespace retort::train {

namespace {

std::string messageOfSecondLock(const std::filesystem::path& file) {
  try {
    const RunLock second(file);
  } catch (const TrainError& error) {
    EXPECT_EQ(error.exitCode(), ExitCode::kStopped);
    return error.what();
  }
  return "";
}

TEST(RunLock, HoldsThePidOfItsOwner) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "lock";

  const RunLock lock(file);

  std::string pid;
  std::ifstream(file) >> pid;
  EXPECT_EQ(pid, std::to_string(getpid()));
}

TEST(RunLock, RefusesASecondOwnerAndNamesTheFirst) {
  const TemporaryFolder folder;
  const RunLock lock(folder.path() / "lock");

  EXPECT_THAT(messageOfSecondLock(folder.path() / "lock"),
              testing::HasSubstr("run is locked by pid " + std::to_string(getpid())));
}

TEST(RunLock, CanBeTakenAgainAfterItsOwnerIsGone) {
  const TemporaryFolder folder;
  { const RunLock lock(folder.path() / "lock"); }

  EXPECT_EQ(messageOfSecondLock(folder.path() / "lock"), "");
}

TEST(RunLock, NeverShowsOtherTextOfTheFile) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "lock";
  const RunLock lock(file);
  std::ofstream(file) << "\x1b[31mevil";

  EXPECT_THAT(messageOfSecondLock(file), testing::HasSubstr("locked by another process"));
}

TEST(RunLock, RefusesAFolderThatIsNotThere) {
  EXPECT_THROW(RunLock("/nonexistent/folder/lock"), TrainError);
}

}  // namespace

}  // namespace retort::train
