#include "core/agent/program_output.h"

#include "core/agent/linux_process_runner.h"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <string>

namespace retort {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t kPlenty = 1 << 20;

Result<ProgramOutput> runShell(const std::string& script,
                               milliseconds timeout = seconds(30),
                               std::size_t max_bytes = kPlenty) {
  return runProgram({"/bin/sh", "-c", script}, timeout, max_bytes);
}

TEST(RunProgram, CollectsBothStreamsAndTheExitCode) {
  const auto result = runShell("echo out; echo err >&2; exit 3");

  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->exit_code, 3);
  EXPECT_FALSE(result->signal.has_value());
  EXPECT_EQ(result->output, "out\n");
  EXPECT_EQ(result->errors, "err\n");
}

TEST(RunProgram, TellsTheSignalThatEndedTheProgram) {
  const auto result = runShell("kill -SEGV $$");

  ASSERT_TRUE(result.has_value());
  EXPECT_FALSE(result->exit_code.has_value());
  EXPECT_EQ(result->signal, SIGSEGV);
}

TEST(RunProgram, GivesArgumentsToTheProgramAsTheyAre) {
  const std::string hostile = "$(touch /tmp/pwned); `id` \"quoted\"\nnew line";

  const auto result = runProgram({"/usr/bin/printf", "%s", hostile}, seconds(30), kPlenty);

  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->output, hostile);
}

TEST(RunProgram, HasAnEmptyStandardInput) {
  const auto result = runShell("wc -c");

  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(std::stoi(result->output), 0);
}

// P12
TEST(RunProgram, SaysWhyAProgramCannotBeExecuted) {
  const auto result = runProgram({"/nonexistent/retort-train"}, seconds(30), kPlenty);

  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::kProcess);
  EXPECT_NE(result.error().message.find("/nonexistent/retort-train"), std::string::npos);
  EXPECT_NE(result.error().message.find("No such file"), std::string::npos);
}

TEST(RunProgram, EndsAProgramThatTakesTooLongWithItsChildren) {
  const auto start = std::chrono::steady_clock::now();

  const auto result = runShell("sleep 300 & sleep 300", milliseconds(300));

  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::kProcess);
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(60));
}

TEST(RunProgram, EndsAProgramThatPrintsWithoutEnd) {
  const auto result = runShell("yes", seconds(60), 10'000);

  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::kProcess);
}

TEST(RunProgram, TakesAsMuchAsIsAllowed) {
  const auto result = runShell("head -c 200000 /dev/zero | tr '\\0' x", seconds(30), 200'000);

  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->output, std::string(200'000, 'x'));
}

// P13: a flood of errors neither blocks the program nor fills the memory.
TEST(RunProgram, KeepsTheEndOfAFloodOfErrors) {
  const auto result =
      runShell("head -c 1000000 /dev/zero | tr '\\0' e >&2; echo >&2; echo the reason >&2; exit 1");

  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->exit_code, 1);
  EXPECT_LE(result->errors.size(), 64U * 1024U);
  EXPECT_EQ(result->lastErrorLine(), "the reason");
}

TEST(RunProgram, EndsTheProgramAtAnEndSignal) {
  const auto signals = EndSignals::block();
  ASSERT_TRUE(signals.has_value());
  const auto start = std::chrono::steady_clock::now();

  const auto result = runProgram({"/bin/sh", "-c", "kill -TERM $PPID; sleep 300 & sleep 300"},
                                 seconds(120),
                                 kPlenty,
                                 signals->fd());

  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::kCanceled);
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(60));
}

TEST(RunProgram, EndsAProgramThatIgnoresBeingToldTo) {
  const auto signals = EndSignals::block();
  ASSERT_TRUE(signals.has_value());

  const auto result =
      runProgram({"/bin/sh", "-c", "trap '' TERM; kill -INT $PPID; while :; do sleep 1; done"},
                 seconds(120),
                 kPlenty,
                 signals->fd());

  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::kCanceled);
}

TEST(EndSignals, LeaveTheHandlersAsTheyWere) {
  ASSERT_EQ(std::signal(SIGPIPE, SIG_DFL), SIG_DFL);
  {
    const auto signals = EndSignals::block();
    ASSERT_TRUE(signals.has_value());
    EXPECT_EQ(std::signal(SIGPIPE, SIG_IGN), SIG_IGN);
  }

  EXPECT_EQ(std::signal(SIGPIPE, SIG_DFL), SIG_DFL);
}

TEST(LastLine, IsTheLastThatIsNotBlank) {
  EXPECT_EQ(lastLine("first\nsecond\n\n  \n", 100), "second");
  EXPECT_EQ(lastLine("only", 100), "only");
  EXPECT_EQ(lastLine("", 100), "");
  EXPECT_EQ(lastLine("\n \n", 100), "");
}

TEST(LastLine, IsCutToTheLimit) {
  EXPECT_EQ(lastLine(std::string(1000, 'x'), 10).size(), 10U);
}

}  // namespace
}  // namespace retort
