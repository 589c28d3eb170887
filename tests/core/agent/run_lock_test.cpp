#include "core/agent/run_lock.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace retort {
namespace {

namespace fs = std::filesystem;

class RunLockTest : public testing::Test {
 protected:
  RunLockTest() {
    std::string name = (fs::temp_directory_path() / "retort-lock-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }

  ~RunLockTest() override { fs::remove_all(folder_); }

  [[nodiscard]] fs::path file() const { return folder_ / "lock"; }

  void write(const std::string& text) const { std::ofstream(file()) << text; }

  fs::path folder_;
};

TEST_F(RunLockTest, IsFreeWhereThereIsNoFile) {
  EXPECT_FALSE(readRunLock(file()).is_held);
}

TEST_F(RunLockTest, IsFreeWhenItsHolderIsGone) {
  write("4242\n");

  EXPECT_FALSE(readRunLock(file()).is_held);
}

TEST_F(RunLockTest, NamesTheProcessThatHoldsIt) {
  write(std::to_string(getpid()) + "\n");
  const int descriptor = open(file().c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(flock(descriptor, LOCK_EX), 0);

  const RunLock lock = readRunLock(file());

  EXPECT_TRUE(lock.is_held);
  EXPECT_EQ(lock.pid, getpid());
  close(descriptor);
  EXPECT_FALSE(readRunLock(file()).is_held);
}

TEST_F(RunLockTest, IsHeldByAnUnknownProcessWhenNoPidIsInIt) {
  write("not a pid");
  const int descriptor = open(file().c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(flock(descriptor, LOCK_EX), 0);

  const RunLock lock = readRunLock(file());

  EXPECT_TRUE(lock.is_held);
  EXPECT_EQ(lock.pid, 0);
  close(descriptor);
}

TEST_F(RunLockTest, DoesNotKeepTheLockAfterLooking) {
  write("1\n");
  ASSERT_FALSE(readRunLock(file()).is_held);

  const int descriptor = open(file().c_str(), O_RDWR | O_CLOEXEC);

  EXPECT_EQ(flock(descriptor, LOCK_EX | LOCK_NB), 0);
  close(descriptor);
}

}  // namespace
}  // namespace retort
