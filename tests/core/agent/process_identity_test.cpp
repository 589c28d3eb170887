#include "core/agent/process_identity.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

namespace retort {
namespace {

/// A child that waits for its death.
class Child {
 public:
  Child() : pid_(fork()) {
    if (pid_ == 0) {
      for (;;) {
        pause();
      }
    }
  }

  ~Child() {
    kill(pid_, SIGKILL);
    reap();
  }

  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }

  void killOnly() const { kill(pid_, SIGKILL); }

  void reap() {
    if (!is_reaped_) {
      waitpid(pid_, nullptr, 0);
      is_reaped_ = true;
    }
  }

  /// Until the kernel shows it as a zombie.
  void waitUntilZombie() const {
    siginfo_t info{};
    waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT);
  }

 private:
  pid_t pid_;
  bool is_reaped_ = false;
};

// proc(5): pid (comm) state ppid pgrp session tty tpgid flags minflt cminflt majflt cmajflt utime
// stime cutime cstime priority nice threads itrealvalue starttime …
constexpr const char* kStatLine =
    "4242 (retort train) R 17 4242 4242 0 -1 4194304 100 200 3 4 11 12 13 14 20 0 3 0 987654 1 2";

TEST(ProcessStat, ReadsTheFieldsOfTheManualPage) {
  const auto stat = parseProcessStat(kStatLine);

  ASSERT_TRUE(stat.has_value());
  EXPECT_EQ(stat->pid, 4242);
  EXPECT_EQ(stat->state, 'R');
  EXPECT_EQ(stat->parent, 17);
  EXPECT_EQ(stat->group, 4242);
  EXPECT_EQ(stat->start_ticks, 987654);
  EXPECT_EQ(stat->cpu_ticks, 11 + 12 + 13 + 14);
}

TEST(ProcessStat, IsNotFooledByNamesWithParenthesesAndBlanks) {
  const auto stat =
      parseProcessStat("7 (a) R 1) (b) S 1 7 7 0 -1 0 0 0 0 0 1 2 0 0 20 0 1 0 55 0 0");

  ASSERT_TRUE(stat.has_value());
  EXPECT_EQ(stat->pid, 7);
  EXPECT_EQ(stat->state, 'S');
  EXPECT_EQ(stat->parent, 1);
  EXPECT_EQ(stat->start_ticks, 55);
}

TEST(ProcessStat, RefusesWhatIsNoStatLine) {
  EXPECT_FALSE(parseProcessStat("").has_value());
  EXPECT_FALSE(parseProcessStat("4242").has_value());
  EXPECT_FALSE(parseProcessStat("4242 (unfinished").has_value());
  EXPECT_FALSE(parseProcessStat("x (name) R 1 1 1").has_value());
  EXPECT_FALSE(parseProcessStat("4242 (short) R 17 4242").has_value());
}

TEST(ProcessStat, RefusesEveryTruncationBeforeTheStartTime) {
  const std::string line = kStatLine;
  const std::size_t start_time = line.find(" 987654");

  for (std::size_t length = 0; length <= start_time; ++length) {
    EXPECT_FALSE(parseProcessStat(line.substr(0, length)).has_value()) << line.substr(0, length);
  }
}

TEST(ProcessStat, TellsWhoThisProcessIs) {
  const auto stat = readProcessStat(getpid());

  ASSERT_TRUE(stat.has_value());
  EXPECT_EQ(stat->pid, getpid());
  EXPECT_EQ(stat->parent, getppid());
  EXPECT_EQ(stat->group, getpgrp());
  EXPECT_GT(stat->start_ticks, 0);
}

TEST(ProcessStat, KnowsNothingOfPidsThatDoNotExist) {
  EXPECT_FALSE(readProcessStat(0).has_value());
  EXPECT_FALSE(readProcessStat(-1).has_value());
  EXPECT_FALSE(readProcessStat(999'999'999).has_value());
}

TEST(ListProcesses, HoldsThisProcessAndItsChildren) {
  const Child child;

  const auto all = listProcesses();

  const auto has = [&](std::int64_t pid) {
    return std::any_of(all.begin(), all.end(), [&](const auto& stat) { return stat.pid == pid; });
  };
  EXPECT_TRUE(has(getpid()));
  EXPECT_TRUE(has(child.pid()));
}

TEST(ReadProcessVariable, ReadsTheEnvironmentThatAProgramWasStartedWith) {
  const pid_t pid = fork();
  if (pid == 0) {
    const char* arguments[] = {"/bin/sleep", "30", nullptr};
    const char* environment[] = {"RETORT_RUN_DIR=/tmp/a b", "EMPTY=", nullptr};
    execve(arguments[0], const_cast<char**>(arguments), const_cast<char**>(environment));
    _exit(127);
  }
  std::optional<std::string> found;
  for (int i = 0; i < 500 && !found; ++i) {
    found = readProcessVariable(pid, "RETORT_RUN_DIR");
    usleep(10'000);
  }

  EXPECT_EQ(found, "/tmp/a b");
  EXPECT_EQ(readProcessVariable(pid, "EMPTY"), "");
  EXPECT_FALSE(readProcessVariable(pid, "RETORT").has_value()) << "a prefix is not the name";
  EXPECT_FALSE(readProcessVariable(pid, "ABSENT").has_value());
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  EXPECT_FALSE(readProcessVariable(pid, "RETORT_RUN_DIR").has_value());
}

// The kernel refuses to read files of a process that ended after they were opened: here processes
// are gone, unreaped by anyone, while they are looked at all the time.
TEST(ReadProcessStat, OutlivesProcessesThatEndMeanwhile) {
  const auto before = ::signal(SIGCHLD, SIG_IGN);
  for (int round = 0; round < 100; ++round) {
    const pid_t child = fork();
    if (child == 0) {
      usleep(200);
      _exit(0);
    }
    ASSERT_NO_THROW({
      while (readProcessStat(child)) {
        const auto variable = readProcessVariable(child, "RETORT_NO_SUCH_VARIABLE");
        EXPECT_FALSE(variable.has_value());
      }
    });
  }
  ::signal(SIGCHLD, before);
}

TEST(IdentifyProcess, IsTheSameEachTimeAndAliveUntilItEnds) {
  Child child;

  const auto first = identifyProcess(child.pid());
  const auto second = identifyProcess(child.pid());

  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(*first, second.value());
  EXPECT_EQ(first->boot_id, bootId());
  EXPECT_TRUE(isAlive(*first));
  child.killOnly();
  child.waitUntilZombie();
  EXPECT_FALSE(isAlive(*first)) << "a zombie does nothing any more";
  child.reap();
  EXPECT_FALSE(isAlive(*first));
  EXPECT_EQ(identifyProcess(child.pid()).error().code, ErrorCode::kNotFound);
}

// P07: the pid was given to a stranger.
TEST(IdentifyProcess, DoesNotTakeAStrangerWithTheSamePidForTheProcess) {
  const Child child;
  ProcessIdentity earlier = identifyProcess(child.pid()).value();

  earlier.start_ticks -= 1;

  EXPECT_FALSE(isAlive(earlier));
}

// P20: the machine was started again.
TEST(IdentifyProcess, DoesNotTakeAProcessOfAnotherBootForTheProcess) {
  const Child child;
  ProcessIdentity earlier = identifyProcess(child.pid()).value();

  earlier.boot_id = "00000000-0000-0000-0000-000000000000";

  EXPECT_FALSE(isAlive(earlier));
}

TEST(BootId, IsWhatTheKernelSays) {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string expected;
  std::getline(file, expected);

  EXPECT_EQ(bootId(), expected);
}

}  // namespace
}  // namespace retort
