// The agent as a program of its own, and its clients: start on demand, one at a time, kill -9 of
// everything.
#include "tests/core/agent/agent_program_fixture.h"

#include <fstream>

#include <sys/wait.h>
#include <unistd.h>

namespace retort {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(AgentProgram, IsStartedOnDemandAndEndsWhenNothingIsLeft) {
  EXPECT_EQ(isAgentAlive(store), false);

  ASSERT_TRUE(submitRun(1, 20));
  EXPECT_EQ(isAgentAlive(store), true);
  ASSERT_TRUE(until([&] { return areAllFinished(); }));

  EXPECT_TRUE(until([&] { return !isAgentAlive(store).value(); }));
  EXPECT_FALSE(store.lease().holder().value().has_value()) << "it gave the lease back";
  EXPECT_THAT(contentsOf(store.paths().agentLog()), HasSubstr("nothing to do; ending"));
}

TEST_F(AgentProgram, IsAloneHoweverManyClientsStartIt) {
  std::vector<pid_t> clients;
  for (int i = 0; i < 6; ++i) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      auto own = storage::WorkspaceStore::open(folder / "ws", storage::Access::kReadWrite);
      ::_exit(own && ensureAgentRunning(*own, options) ? 0 : 1);
    }
    clients.push_back(pid);
  }
  for (const pid_t pid : clients) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    EXPECT_EQ(status, 0);
  }

  const auto is_agent = [&](const ProcessStat& stat) {
    std::error_code error;
    const auto program =
        std::filesystem::read_symlink(fmt::format("/proc/{}/exe", stat.pid), error);
    return program == kAgentProgram &&
           contentsOf(fmt::format("/proc/{}/cmdline", stat.pid)).find(folder.path().string()) !=
               std::string::npos;
  };
  EXPECT_TRUE(until([&] { return std::ranges::count_if(listProcesses(), is_agent) == 1; }));
}

TEST_F(AgentProgram, TellsWhyItCannotStart) {
  options.agent_command = {"/no/such/retort", "agent"};

  const Status status = ensureAgentRunning(store, options);

  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, ErrorCode::kProcess);
  EXPECT_THAT(status.error().message, HasSubstr("/no/such/retort: No such file"));
}

TEST_F(AgentProgram, ThatEndsAtOnceIsQuoted) {
  options.agent_command = {"/bin/sh", "-c", "echo the disk is full >&2"};
  options.start_timeout = milliseconds(500);

  EXPECT_THAT(ensureAgentRunning(store, options).error().message, HasSubstr("the disk is full"));
}

TEST_F(AgentProgram, LeavesADamagedWorkspaceAloneAndNamesTheCure) {
  for (int i = 1; i <= 200; ++i) {
    ASSERT_TRUE(store.runs().insertIfNew(submittedRun(i), 1));
  }
  ASSERT_TRUE(store.truncateLog());
  const std::filesystem::path file = store.paths().database();
  {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    const auto pages = std::filesystem::file_size(file) / 4096;
    stream.seekp(static_cast<std::streamoff>((pages - 2) * 4096));
    stream << std::string(4096, '\0');
  }
  const std::string before = contentsOf(file);
  options.start_timeout = milliseconds(5'000);

  const Status status = ensureAgentRunning(store, options);

  ASSERT_FALSE(status.has_value());
  EXPECT_THAT(status.error().message, HasSubstr("workspace.db is damaged ("));
  EXPECT_THAT(status.error().message, HasSubstr("run 'retort reindex'"));
  EXPECT_EQ(contentsOf(file), before);
}

TEST_F(AgentProgram, AnswersRequestsWithTheirErrors) {
  const Status status = sendRequest(store, "stop", {{"run_ids", {"ffffffffffffffff"}}}, options);

  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, ErrorCode::kUsage);
  EXPECT_THAT(status.error().message, HasSubstr("there is no run 'ffffffffffffffff'"));
}

TEST_F(AgentProgram, IsStartedAgainForARequestWhenItWasKilled) {
  ASSERT_TRUE(submitRun(1, 100'000));
  ASSERT_TRUE(killAgent());

  ASSERT_TRUE(sendRequest(store, "stop", {{"run_ids", {runId(1)}}}, options));

  EXPECT_TRUE(until([&] { return stateOf(1) == RunState::kStopped; }));
}

TEST_F(AgentProgram, LeavesItsTrainersRunningOnSigterm) {
  ASSERT_TRUE(submitRun(1, 100'000));
  ASSERT_TRUE(until([&] { return trainers().size() == 1; }));
  const auto before = trainers();

  ASSERT_TRUE(killAgent(SIGTERM));
  ASSERT_TRUE(until([&] { return !store.lease().holder().value().has_value(); }));
  EXPECT_EQ(trainers(), before);

  ASSERT_TRUE(ensureAgentRunning(store, options));
  ASSERT_TRUE(sendRequest(store, "shutdown", {{"stop_runs", true}}, options));
  EXPECT_TRUE(until([&] { return trainers().empty(); }));
}

TEST_F(AgentProgram, GivesUpWaitingWhenTheClientWantsTo) {
  options.agent_command = {"/bin/sh", "-c", "exit 0"};
  options.keep_waiting = [] {
    return false;
  };

  EXPECT_EQ(ensureAgentRunning(store, options).error().code, ErrorCode::kCanceled);
}

TEST_F(AgentProgram, HandsOutNoDescriptorOfTheDatabase) {
  ASSERT_TRUE(submitRun(1, 100'000));
  ASSERT_TRUE(until([&] { return stateOf(1) == RunState::kRunning && run(1).step > 0; }));

  for (const ProcessIdentity& trainer : trainers()) {
    for (const auto& entry :
         std::filesystem::directory_iterator(fmt::format("/proc/{}/fd", trainer.pid))) {
      std::error_code error;
      const std::string file = std::filesystem::read_symlink(entry.path(), error).string();
      EXPECT_EQ(file.find("workspace.db"), std::string::npos) << file;
    }
  }
}

}  // namespace
}  // namespace retort
