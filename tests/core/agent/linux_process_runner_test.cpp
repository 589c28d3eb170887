#include "core/agent/linux_process_runner.h"

#include "core/agent/process_identity.h"
#include "core/agent/program_output.h"
#include "tests/core/base/temp_folder.h"

#include <gmock/gmock.h>

#include <csignal>
#include <functional>
#include <thread>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace retort {
namespace {

using std::chrono::milliseconds;
using testing::contentsOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class LinuxProcesses : public ::testing::Test {
 protected:
  ProcessCommand shell(const std::string& script) {
    return {{"/bin/sh", "-c", script}, folder.path(), folder / "log", {{"MARK", "x y"}}};
  }

  ProcessIdentity start(const ProcessCommand& command) {
    const auto process = runner.prepare(command);
    EXPECT_TRUE(process.has_value());
    const Status launched = runner.launch(*process);
    EXPECT_TRUE(launched.has_value()) << launched.error().message;
    return *process;
  }

  ProcessIdentity startMarked(const std::string& script) {
    ProcessCommand command = shell(script);
    command.environment[LinuxProcessRunner::kRunVariable] = folder.path().string();
    return start(command);
  }

  // Waits until something ended or 5 s are over.
  std::vector<ProcessExit> waitForExit() {
    for (int i = 0; i < 50; ++i) {
      WaitResult result = runner.wait(milliseconds(100));
      if (!result.exits.empty()) {
        return result.exits;
      }
    }
    return {};
  }

  // Keeps the runner going until `condition` holds, 5 s at most.
  bool becomesTrue(const std::function<bool()>& condition) {
    for (int i = 0; i < 250 && !condition(); ++i) {
      (void)runner.wait(milliseconds(20));
    }
    return condition();
  }

  std::int64_t pidIn(const std::string& file) {
    becomesTrue([&] { return contentsOf(folder / file).find('\n') != std::string::npos; });
    return std::atoll(contentsOf(folder / file).c_str());
  }

  testing::TempFolder folder;
  LinuxProcessRunner runner;
};

TEST_F(LinuxProcesses, AppendTheirOutputToTheLog) {
  folder.write("log", "before\n");
  start(shell("echo out; echo err >&2; echo \"$MARK\"; pwd"));

  const auto exits = waitForExit();

  ASSERT_THAT(exits, SizeIs(1));
  EXPECT_EQ(exits[0].exit_code, 0);
  EXPECT_EQ(contentsOf(folder / "log"), "before\nout\nerr\nx y\n" + folder.path().string() + "\n");
}

TEST_F(LinuxProcesses, DoNotBeginBeforeTheyAreLaunched) {
  const auto process = runner.prepare(shell("echo began"));
  ASSERT_TRUE(process.has_value());
  EXPECT_TRUE(isAlive(*process));

  EXPECT_THAT(runner.wait(milliseconds(100)).exits, IsEmpty());

  EXPECT_EQ(contentsOf(folder / "log"), "");
  runner.discard(*process);
  EXPECT_FALSE(isAlive(*process));
}

TEST_F(LinuxProcesses, NeverBeginWhenTheAgentDiesBeforeItLaunchesThem) {
  const pid_t agent = ::fork();
  if (agent == 0) {
    LinuxProcessRunner its_runner;
    ProcessCommand command = shell("echo began");
    (void)its_runner.prepare(command);
    ::_exit(0);  // as kill -9: no destructor runs
  }
  ::waitpid(agent, nullptr, 0);

  std::this_thread::sleep_for(milliseconds(200));

  EXPECT_EQ(contentsOf(folder / "log"), "");
}

TEST_F(LinuxProcesses, KeepTheirIdentityWhenTheyExecute) {
  const ProcessIdentity process = start(shell("exec sleep 60"));

  EXPECT_TRUE(isAlive(process));
  EXPECT_EQ(identifyProcess(process.pid), process);

  runner.signalGroup(process, SIGKILL);
  EXPECT_THAT(waitForExit(), SizeIs(1));
}

TEST_F(LinuxProcesses, ReportTheirExitCodeOrSignal) {
  start(shell("exit 65"));
  EXPECT_EQ(waitForExit().at(0).exit_code, 65);

  start(shell("kill -SEGV $$"));
  const auto exits = waitForExit();
  EXPECT_EQ(exits.at(0).signal, SIGSEGV);
  EXPECT_EQ(exits.at(0).exit_code, std::nullopt);
}

TEST_F(LinuxProcesses, SayWhyTheyCannotBeExecuted) {
  const auto file = folder.write("script", "no program");

  const struct {
    std::string program;
    std::string reason;
  } cases[] = {{"/no/such/program", "No such file or directory"},
               {file.string(), "Permission denied"},
               {folder.path().string(), "Permission denied"},
               {"no-such-name-in-path", "No such file or directory"}};

  for (const auto& [program, reason] : cases) {
    ProcessCommand command = shell("");
    command.argv = {program};
    const auto process = runner.prepare(command);
    ASSERT_TRUE(process.has_value());

    const Status launched = runner.launch(*process);

    ASSERT_FALSE(launched.has_value());
    EXPECT_EQ(launched.error().message, program + ": " + reason);
    EXPECT_FALSE(isAlive(*process));
  }
  EXPECT_THAT(runner.wait(milliseconds(0)).exits, IsEmpty());
}

TEST_F(LinuxProcesses, SayWhenTheirFolderIsMissing) {
  ProcessCommand command = shell("true");
  command.folder = folder / "missing";
  const auto process = runner.prepare(command);
  ASSERT_TRUE(process.has_value());

  EXPECT_THAT(runner.launch(*process).error().message, HasSubstr("its folder: No such file"));
}

TEST_F(LinuxProcesses, AreNotMadeWhenTheLogCannotBeWritten) {
  ProcessCommand command = shell("true");
  command.log = folder / "missing/log";

  const auto process = runner.prepare(command);

  ASSERT_FALSE(process.has_value());
  EXPECT_EQ(process.error().code, ErrorCode::kIo);
}

TEST_F(LinuxProcesses, AreNotMadeWhenDescriptorsAreUsedUp) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the sanitizer itself needs descriptors";
#endif
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  rlimit few = before;
  few.rlim_cur = 4;
  ::setrlimit(RLIMIT_NOFILE, &few);

  const auto process = runner.prepare(shell("true"));

  ::setrlimit(RLIMIT_NOFILE, &before);
  ASSERT_FALSE(process.has_value());
  EXPECT_THAT(process.error().message, HasSubstr("Too many open files"));
}

TEST_F(LinuxProcesses, ReadNothingAndInheritNothing) {
  const int open_here = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ASSERT_GE(open_here, 0);

  start(shell("cat; ls /proc/self/fd | wc -l"));
  waitForExit();

  // 0, 1, 2 and the one with which ls reads the folder.
  EXPECT_EQ(contentsOf(folder / "log"), "4\n");
  ::close(open_here);
}

TEST_F(LinuxProcesses, HaveDefaultSignalHandling) {
  ::signal(SIGPIPE, SIG_IGN);
  start(shell("grep -E 'Sig(Blk|Ign)' /proc/self/status"));
  waitForExit();
  ::signal(SIGPIPE, SIG_DFL);

  EXPECT_EQ(contentsOf(folder / "log"), "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST_F(LinuxProcesses, AreSignaledWithTheirWholeGroup) {
  const ProcessIdentity process = start(shell("sleep 600 & echo $! > child; wait"));
  const std::int64_t child = pidIn("child");
  ASSERT_TRUE(readProcessStat(child).has_value());

  runner.signalGroup(process, SIGTERM);

  EXPECT_EQ(waitForExit().at(0).signal, SIGTERM);
  EXPECT_TRUE(becomesTrue([&] { return !readProcessStat(child).has_value(); }));
}

TEST_F(LinuxProcesses, TakeTheirGrandchildrenAlong) {
  const ProcessIdentity process = start(shell("(trap '' TERM; sleep 600) & echo $! > child; wait"));
  const std::int64_t child = pidIn("child");

  ::kill(static_cast<pid_t>(process.pid), SIGKILL);  // the leader alone

  EXPECT_THAT(waitForExit(), SizeIs(1));
  EXPECT_TRUE(becomesTrue([&] { return !readProcessStat(child).has_value(); }));
}

TEST_F(LinuxProcesses, TakeThoseAlongThatEscapedIntoAnotherSession) {
  const ProcessIdentity process =
      startMarked("setsid sh -c 'echo $$ > child; exec sleep 600' & wait");
  const std::int64_t child = pidIn("child");

  runner.signalGroup(process, SIGKILL);

  EXPECT_THAT(waitForExit(), SizeIs(1));
  EXPECT_TRUE(becomesTrue([&] { return !readProcessStat(child).has_value(); }));
}

TEST_F(LinuxProcesses, LeaveNoZombies) {
  const ProcessIdentity process =
      startMarked("(setsid sh -c 'echo $$ > child; exit 0' &); sleep 600");
  const std::int64_t orphan = pidIn("child");

  EXPECT_TRUE(becomesTrue([&] { return !readProcessStat(orphan).has_value(); }));

  runner.signalGroup(process, SIGKILL);
  EXPECT_THAT(waitForExit(), SizeIs(1));
  EXPECT_FALSE(readProcessStat(process.pid).has_value());
}

TEST_F(LinuxProcesses, AreKilledEvenWhenTheyAreStopped) {
  const ProcessIdentity process = start(shell("exec sleep 600"));
  runner.signalGroup(process, SIGSTOP);
  ASSERT_TRUE(becomesTrue([&] { return readProcessStat(process.pid)->state == 'T'; }));
  runner.signalGroup(process, SIGTERM);
  EXPECT_THAT(runner.wait(milliseconds(100)).exits, IsEmpty());

  runner.signalGroup(process, SIGKILL);

  EXPECT_EQ(waitForExit().at(0).signal, SIGKILL);
}

TEST_F(LinuxProcesses, MayCloseTheirOutputAndGoOn) {
  const ProcessIdentity process = start(shell("exec >&- 2>&-; exec sleep 600"));

  EXPECT_THAT(runner.wait(milliseconds(200)).exits, IsEmpty());
  EXPECT_TRUE(isAlive(process));

  runner.signalGroup(process, SIGKILL);
  waitForExit();
}

TEST_F(LinuxProcesses, AreAdoptedByIdentity) {
  // Nobody's child, as after the death of the agent that started it.
  SpawnOptions options;
  options.argv = {"/bin/sh", "-c", "echo $$ > pid; exec sleep 600"};
  options.folder = folder.path();
  options.is_detached = true;
  ASSERT_TRUE(spawn(options).has_value());
  const ProcessIdentity process = identifyProcess(pidIn("pid")).value();

  ASSERT_TRUE(runner.adopt(process));
  EXPECT_THAT(runner.wait(milliseconds(50)).exits, IsEmpty());
  runner.signalGroup(process, SIGTERM);

  const auto exits = waitForExit();
  ASSERT_THAT(exits, SizeIs(1));
  EXPECT_EQ(exits[0].process, process);
}

TEST_F(LinuxProcesses, AdoptedFromAShellsGroupAreSignaledAlone) {
  const ProcessIdentity shell_process =
      start(shell("sleep 600 & echo $! > child; wait; sleep 600"));
  const ProcessIdentity child = identifyProcess(pidIn("child")).value();

  ASSERT_TRUE(runner.adopt(child));
  runner.signalGroup(child, SIGKILL);

  EXPECT_EQ(waitForExit().at(0).process, child);
  EXPECT_TRUE(isAlive(shell_process));
  runner.signalGroup(shell_process, SIGKILL);
  waitForExit();
}

TEST_F(LinuxProcesses, OfStrangersAreNeitherAdoptedNorSignaled) {
  const ProcessIdentity process = start(shell("exec sleep 600"));
  ProcessIdentity reused = process;
  reused.start_ticks -= 1;
  ProcessIdentity before_reboot = process;
  before_reboot.boot_id = "an earlier boot";

  EXPECT_FALSE(runner.adopt(reused));
  EXPECT_FALSE(runner.adopt(before_reboot));
  EXPECT_FALSE(runner.adopt({}));
  runner.signalGroup(reused, SIGKILL);

  EXPECT_TRUE(isAlive(process));
  runner.signalGroup(process, SIGKILL);
  waitForExit();
}

TEST_F(LinuxProcesses, HaveProcessorTimeThatGrowsWhileTheyCompute) {
  const ProcessIdentity process = start(shell("while :; do :; done"));
  const std::int64_t before = runner.cpuTicks(process);

  EXPECT_TRUE(becomesTrue([&] { return runner.cpuTicks(process) > before; }));

  runner.signalGroup(process, SIGKILL);
  waitForExit();
}

TEST_F(LinuxProcesses, ManyAtOnceAreAllReported) {
  for (int i = 0; i < 40; ++i) {
    start(shell("exit 7"));
  }

  std::size_t ended = 0;
  for (int i = 0; i < 100 && ended < 40; ++i) {
    for (const ProcessExit& exit : runner.wait(milliseconds(100)).exits) {
      EXPECT_EQ(exit.exit_code, 7);
      ++ended;
    }
  }

  EXPECT_EQ(ended, 40u);
}

TEST(EndSignals, ArriveThroughTheRunner) {
  auto signals = EndSignals::block();
  ASSERT_TRUE(signals.has_value());
  LinuxProcessRunner runner(signals->fd());
  EXPECT_FALSE(runner.wait(milliseconds(0)).is_told_to_end);

  ::kill(::getpid(), SIGTERM);

  EXPECT_TRUE(runner.wait(milliseconds(1000)).is_told_to_end);
}

TEST(ProcessIdentity, ReadsNamesWithBlanksAndParentheses) {
  const auto stat = parseProcessStat(
      "42 (a) b (c) S 7 42 42 0 -1 4194560 1 2 3 4 10 20 30 40 20 0 1 0 987654 1 2 3");

  ASSERT_TRUE(stat.has_value());
  EXPECT_EQ(stat->pid, 42);
  EXPECT_EQ(stat->state, 'S');
  EXPECT_EQ(stat->parent, 7);
  EXPECT_EQ(stat->group, 42);
  EXPECT_EQ(stat->cpu_ticks, 100);
  EXPECT_EQ(stat->start_ticks, 987654);
}

TEST(ProcessIdentity, RefusesTextThatIsNoStat) {
  for (const char* text : {"", "42", "42 (a) S", "x (a) S 1 2 3", ") ( "}) {
    EXPECT_FALSE(parseProcessStat(text).has_value()) << text;
  }
}

TEST(ProcessIdentity, OfThisProcessIsAliveAndOfNoneIsNot) {
  const auto self = identifyProcess(::getpid());
  ASSERT_TRUE(self.has_value());
  EXPECT_TRUE(isAlive(*self));
  EXPECT_FALSE(self->boot_id.empty());

  EXPECT_FALSE(identifyProcess(999'999'999).has_value());
  EXPECT_FALSE(isAlive({}));
  EXPECT_FALSE(readProcessVariable(999'999'999, "PATH").has_value());
}

TEST(ProcessIdentity, OfAZombieIsNotAlive) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::_exit(0);
  }
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT);

  const auto zombie = identifyProcess(child);

  ASSERT_TRUE(zombie.has_value());
  EXPECT_FALSE(isAlive(*zombie));
  ::waitpid(child, nullptr, 0);
}

TEST(ProgramOutput, CollectsBothStreamsAndTheExitCode) {
  const auto output =
      runProgram({"/bin/sh", "-c", "echo out; echo first >&2; echo last >&2; exit 5"},
                 milliseconds(5'000),
                 1'000);

  ASSERT_TRUE(output.has_value());
  EXPECT_EQ(output->exit_code, 5);
  EXPECT_EQ(output->output, "out\n");
  EXPECT_EQ(output->lastErrorLine(), "last");
}

TEST(ProgramOutput, ReportsASignal) {
  const auto output = runProgram({"/bin/sh", "-c", "kill -9 $$"}, milliseconds(5'000), 1'000);

  ASSERT_TRUE(output.has_value());
  EXPECT_EQ(output->signal, SIGKILL);
}

TEST(ProgramOutput, KillsTheWholeGroupOfAProgramThatTakesTooLong) {
  const testing::TempFolder folder;
  const std::string script = "sleep 600 & echo $! > " + (folder / "child").string() + "; wait";

  const auto output = runProgram({"/bin/sh", "-c", script}, milliseconds(1'000), 1'000);

  ASSERT_FALSE(output.has_value());
  EXPECT_THAT(output.error().message, HasSubstr("did not end in time"));
  const std::int64_t pid = std::atoll(contentsOf(folder / "child").c_str());
  ASSERT_GT(pid, 0);
  const auto child = identifyProcess(pid);
  // A process that was sent SIGKILL still needs a moment of processor time to end.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (child && isAlive(*child) && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(milliseconds(10));
  }
  EXPECT_TRUE(!child || !isAlive(*child));
}

TEST(ProgramOutput, KeepsOnlyTheTailOfTheErrors) {
  const auto output =
      runProgram({"/bin/sh", "-c", "yes error | head -c 1000000 >&2; echo >&2; echo end >&2"},
                 milliseconds(10'000),
                 10);

  ASSERT_TRUE(output.has_value());
  EXPECT_LE(output->errors.size(), 200'000u);
  EXPECT_EQ(output->lastErrorLine(), "end");
}

TEST(ProgramOutput, LastLineSkipsBlankOnesAndIsCut) {
  EXPECT_EQ(lastLine("", 10), "");
  EXPECT_EQ(lastLine(" \n\n", 10), "");
  EXPECT_EQ(lastLine("a\nbcd\n \n", 10), "bcd");
  EXPECT_EQ(lastLine("progress 1%\rprogress 2%", 8), "progress");
}

TEST(Spawn, RefusesToStartNothing) {
  EXPECT_FALSE(spawn({}).has_value());
}

}  // namespace
}  // namespace retort
