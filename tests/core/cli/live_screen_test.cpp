#include "core/cli/views/live_screen.h"

#include "tests/core/cli/program_fixture.h"

#include <gmock/gmock.h>

#include <array>
#include <csignal>
#include <stdexcept>

#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

namespace retort::cli {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// A program in a pseudo-terminal of 80 × 24.
class TerminalProgram {
 public:
  explicit TerminalProgram(std::vector<std::string> words, bool has_color = true) {
    winsize size{24, 80, 0, 0};
    pid_ = forkpty(&terminal_, nullptr, nullptr, &size);
    if (pid_ < 0) {
      // Never go on: a signal to process -1 reaches all of this user's processes.
      throw std::runtime_error("this machine gives no pseudo-terminal");
    }
    if (pid_ == 0) {
      setenv("TERM", "xterm-256color", 1);
      has_color ? unsetenv("NO_COLOR") : setenv("NO_COLOR", "1", 1);
      std::vector<char*> argv;
      for (std::string& word : words) {
        argv.push_back(word.data());
      }
      argv.push_back(nullptr);
      execv(argv[0], argv.data());
      _exit(127);
    }
  }

  ~TerminalProgram() {
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      (void)waitpid(pid_, nullptr, 0);
    }
    close(terminal_);
  }

  void press(char key) const { EXPECT_EQ(write(terminal_, &key, 1), 1); }

  void signal(int number) const { kill(pid_, number); }

  /// Everything on the screen so far, once `text` has come or ten seconds are over.
  const std::string& readUntil(const std::string& text) {
    for (int look = 0; look < 100 && output_.find(text) == std::string::npos; ++look) {
      readSome();
    }
    return output_;
  }

  /// Waits for the end; 128 + the signal when one killed it.
  int exitCode() {
    int status = 0;
    for (int look = 0; waitpid(pid_, &status, WNOHANG) == 0; ++look) {
      readSome();
      if (look > 3000) {  // it reads in pieces of at most 100 ms
        kill(pid_, SIGKILL);
      }
    }
    readSome();
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  [[nodiscard]] const std::string& output() const { return output_; }

  [[nodiscard]] bool hasEcho() const {
    termios settings{};
    return tcgetattr(terminal_, &settings) == 0 && (settings.c_lflag & ECHO) != 0;
  }

 private:
  void readSome() {
    pollfd event{terminal_, POLLIN, 0};
    std::array<char, 4096> piece{};
    if (poll(&event, 1, 100) > 0) {
      const ssize_t count = read(terminal_, piece.data(), piece.size());
      output_.append(piece.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
    }
  }

  pid_t pid_ = 0;
  int terminal_ = -1;
  std::string output_;
};

constexpr const char* kEnterScreen = "\x1b[?1049h";
constexpr const char* kLeaveScreen = "\x1b[?1049l";
constexpr const char* kShowCursor = "\x1b[?25h";

class LiveScreen : public RetortProgram {
 protected:
  void SetUp() override {
    int terminal = -1;
    int program = -1;
    if (openpty(&terminal, &program, nullptr, nullptr, nullptr) != 0) {
      GTEST_SKIP() << "this machine gives no pseudo-terminal";
    }
    close(terminal);
    close(program);
    RetortProgram::SetUp();
  }

  std::vector<std::string> command(std::vector<std::string> words) const {
    words.insert(words.begin(),
                 {std::string(PROGRAM_DIR) + "/retort", "--workspace", workspace().string()});
    return words;
  }

  /// A run that takes some seconds.
  std::string writeLongGrid() const {
    return writeGrid(
        "base: {fake.steps: 400, fake.step_ms: 20}\nreport: {metric: eval.accuracy}\n");
  }
};

TEST_F(LiveScreen, WatchesUntilQAndBringsTheTerminalBack) {
  ASSERT_EQ(retort({"run", writeLongGrid(), "--detach"}).exit_code, 0);
  TerminalProgram watch(command({"watch"}));

  EXPECT_THAT(watch.readUntil("train.loss"), HasSubstr(kEnterScreen));
  EXPECT_FALSE(watch.hasEcho());
  watch.press('n');
  watch.press('q');

  EXPECT_EQ(watch.exitCode(), 0);
  EXPECT_THAT(watch.output(), HasSubstr(kShowCursor));
  EXPECT_THAT(watch.output(), HasSubstr(kLeaveScreen));
  EXPECT_TRUE(watch.hasEcho());
}

TEST_F(LiveScreen, MovesBetweenRunsWithKeys) {
  ASSERT_EQ(retort({"run", writeSmallGrid()}).exit_code, 0);
  TerminalProgram watch(command({"watch"}));
  (void)watch.readUntil("q quit");

  // Three runs on, by a letter and by arrows, with keys that mean nothing in between.
  for (const char key : {'n', 'x', '\x1b', '[', 'B', '\x1b', '[', 'C'}) {
    watch.press(key);
  }
  for (const char* name : {"steps=short seed=1", "steps=short seed=2", "steps=long seed=1"}) {
    EXPECT_THAT(watch.readUntil(name), HasSubstr(name));
  }
  EXPECT_THAT(watch.readUntil("steps=long seed=2"), HasSubstr("steps=long seed=2"));
  watch.press(3);  // Ctrl-C

  EXPECT_EQ(watch.exitCode(), 0);
}

TEST_F(LiveScreen, BringsTheTerminalBackAfterSignals) {
  ASSERT_EQ(retort({"run", writeLongGrid(), "--detach"}).exit_code, 0);
  for (const int number : {SIGTERM, SIGHUP, SIGINT}) {
    TerminalProgram watch(command({"watch"}));
    (void)watch.readUntil("q quit");

    watch.signal(number);

    EXPECT_EQ(watch.exitCode(), 0);
    EXPECT_THAT(watch.output(), HasSubstr(kLeaveScreen));
    EXPECT_TRUE(watch.hasEcho());
  }
}

TEST_F(LiveScreen, ShowsABarWhileAGridRuns) {
  TerminalProgram run(command({"run", writeSmallGrid()}));

  EXPECT_EQ(run.exitCode(), 0);
  EXPECT_THAT(run.output(), HasSubstr("▕"));
  EXPECT_THAT(run.output(), HasSubstr("lengths: 4 of 4 finished"));
  EXPECT_THAT(run.output(), HasSubstr("eval.accuracy"));
  EXPECT_THAT(run.output(), HasSubstr("\x1b[1m"));  // the best in bold
}

TEST_F(LiveScreen, LetsTheRunsGoOnAfterControlC) {
  TerminalProgram run(command({"run", writeLongGrid()}));
  (void)run.readUntil("/400");

  run.press(3);

  EXPECT_EQ(run.exitCode(), 130);
  EXPECT_THAT(run.output(), HasSubstr("runs go on"));
  // A slow machine may see it done already; stopped it must not be.
  EXPECT_THAT(listRuns()[0]["state"].get<std::string>(), AnyOf("running", "finished"));
}

TEST_F(LiveScreen, HonoursNoColor) {
  ASSERT_EQ(retort({"run", writeSmallGrid()}).exit_code, 0);
  TerminalProgram list(command({"ls"}), false);

  EXPECT_EQ(list.exitCode(), 0);
  EXPECT_THAT(list.output(), HasSubstr("lengths: 4 of 4 finished"));
  EXPECT_THAT(list.output(), Not(HasSubstr("\x1b")));
}

TEST_F(LiveScreen, AsksBeforeItRemovesARun) {
  ASSERT_EQ(retort({"run", writeSmallGrid()}).exit_code, 0);
  TerminalProgram remove(command({"rm", "lengths:0"}));
  EXPECT_THAT(remove.readUntil("[y/N]"), HasSubstr("Remove 1 run"));

  remove.press('n');
  remove.press('\n');

  EXPECT_EQ(remove.exitCode(), 75);
  EXPECT_EQ(listRuns().size(), 4U);
}

}  // namespace
}  // namespace retort::cli
