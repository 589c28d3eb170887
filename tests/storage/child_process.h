#pragma once

#include <gtest/gtest.h>

#include <csignal>
#include <cstdio>
#include <exception>

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

namespace retort::storage {

/// A forked copy of the test that runs `body` and ends. Open no database before: a connection does
/// not survive fork().
class ChildProcess {
 public:
  template <class Body>
  explicit ChildProcess(Body&& body) : pid_(::fork()) {
    if (pid_ == 0) {
      try {
        body();
      } catch (const std::exception& error) {
        std::fprintf(stderr, "child: %s\n", error.what());
        ::_exit(3);
      }
      std::fflush(nullptr);
      ::_exit(::testing::Test::HasFailure() ? 1 : 0);
    }
  }

  ~ChildProcess() {
    if (pid_ > 0) {
      kill();
    }
  }

  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// Kills it as nothing can be cleaned up: SIGKILL.
  void kill() {
    ::kill(pid_, SIGKILL);
    (void)wait();
  }

  /// Waits for its end; the wait status.
  int wait() {
    int status = 0;
    if (pid_ > 0) {
      ::waitpid(pid_, &status, 0);
    }
    pid_ = -1;
    return status;
  }

  /// Waits, and fails the test unless it ended well.
  void expectSuccess() {
    const int status = wait();
    EXPECT_TRUE(WIFEXITED(status)) << "ended by signal " << WTERMSIG(status);
    EXPECT_EQ(WEXITSTATUS(status), 0);
  }

  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
};

/// A byte-wise signal between a child and its parent.
class Pipe {
 public:
  Pipe() { EXPECT_EQ(::pipe(ends_), 0); }

  ~Pipe() {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }

  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  template <class T>
  void send(const T& value) const {
    EXPECT_EQ(::write(ends_[1], &value, sizeof(value)), static_cast<ssize_t>(sizeof(value)));
  }

  /// False when nothing (more) comes, because all writers are closed.
  template <class T>
  bool receive(T& value) const {
    return ::read(ends_[0], &value, sizeof(value)) == static_cast<ssize_t>(sizeof(value));
  }

  void closeWriter() {
    ::close(ends_[1]);
    ends_[1] = -1;
  }

 private:
  int ends_[2] = {-1, -1};
};

}  // namespace retort::storage
