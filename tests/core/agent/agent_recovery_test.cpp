// What an agent does that finds another one's traces, or trainers that it did not start.
#include "tests/core/agent/agent_test_fixture.h"

#include <fstream>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace retort {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class AgentRecovery : public AgentTest {};

TEST_F(AgentRecovery, TakesItsRunningTrainersBack) {
  submitAndStart({submittedRun(1), submittedRun(2)});
  const auto pid = pidOf(1);

  restartAgent();
  turns(2);

  EXPECT_EQ(pidOf(1), pid);
  EXPECT_EQ(stateOf(1), RunState::kRunning);
  EXPECT_EQ(run(1).attempts, 1);
  EXPECT_THAT(runner.processes, SizeIs(2)) << "nothing was started a second time";
}

TEST_F(AgentRecovery, SettlesARunThatFinishedWhileNobodyWatched) {
  submitAndStart({submittedRun(1)});
  writeEnd(1, 1, "finished", 0);
  runner.processes.clear();

  restartAgent();
  turns(3);

  EXPECT_EQ(stateOf(1), RunState::kFinished);
}

TEST_F(AgentRecovery, RetriesARunThatWasLostWhileNobodyWatched) {
  submitAndStart({submittedRun(1)});
  eventsOf(1, 1);
  runner.processes.clear();

  restartAgent();
  turns(3);

  EXPECT_EQ(stateOf(1), RunState::kQueued);
  EXPECT_EQ(run(1).crashes, 1);
}

TEST_F(AgentRecovery, StartsARunAgainThatNeverBeganBeforeTheAgentDied) {
  submitAndStart({submittedRun(1)});
  runner.processes.clear();

  restartAgent();
  turns(4);

  EXPECT_EQ(stateOf(1), RunState::kRunning);
  EXPECT_EQ(run(1).attempts, 2);
  EXPECT_EQ(run(1).crashes, 0);
}

TEST_F(AgentRecovery, GoesOnAfterARestartOfTheMachineWithoutCountingACrash) {
  submitAndStart({submittedRun(1)});
  eventsOf(1, 1);
  runner.processes.clear();
  self.boot_id = "another boot";

  restartAgent();
  turns(4);

  EXPECT_EQ(stateOf(1), RunState::kRunning);
  EXPECT_EQ(run(1).crashes, 0);
  EXPECT_EQ(run(1).attempts, 2);
}

TEST_F(AgentRecovery, StopsAnAdoptedRun) {
  submitAndStart({submittedRun(1)});
  requestFor("stop", {runId(1)});
  turns(1);

  restartAgent();
  turns(3);

  EXPECT_EQ(stateOf(1), RunState::kStopping);
  EXPECT_THAT(runner.processes.at(pidOf(1)).signals, ElementsAre(SIGTERM));
}

TEST_F(AgentRecovery, TakesOverARunThatSomebodyElseStarted) {
  // This process holds the lock as a trainer that was started by hand would.
  std::filesystem::create_directories(pathsOf(1).folder);
  const FileDescriptor lock(::open(pathsOf(1).lock().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  ASSERT_EQ(::flock(lock.get(), LOCK_EX), 0);
  std::ofstream(pathsOf(1).lock()) << ::getpid();
  runner.alive.insert(::getpid());

  submitAndStart({submittedRun(1)});

  EXPECT_EQ(pidOf(1), ::getpid());
  EXPECT_TRUE(runner.processes.at(::getpid()).is_adopted);
}

TEST_F(AgentRecovery, TakesOverWhenTheTrainerFindsTheRunLocked) {
  submitAndStart({submittedRun(1)});
  const FileDescriptor lock(::open(pathsOf(1).lock().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  ASSERT_EQ(::flock(lock.get(), LOCK_EX), 0);
  std::ofstream(pathsOf(1).lock()) << ::getpid();
  runner.alive.insert(::getpid());

  runner.endProcess(pidOf(1), 75);
  turns(1);

  EXPECT_EQ(stateOf(1), RunState::kRunning);
  EXPECT_EQ(pidOf(1), ::getpid());
}

TEST_F(AgentRecovery, WaitsWhenTheLockIsHeldWhereItCannotLook) {
  std::filesystem::create_directories(pathsOf(1).folder);
  const FileDescriptor lock(::open(pathsOf(1).lock().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  ASSERT_EQ(::flock(lock.get(), LOCK_EX), 0);
  std::ofstream(pathsOf(1).lock()) << 1'000'000'000;

  submitAndStart({submittedRun(1)});

  EXPECT_EQ(stateOf(1), RunState::kQueued);
  EXPECT_THAT(run(1).message, HasSubstr("locked by pid 1000000000"));
}

TEST_F(AgentRecovery, WritesNothingAfterItLostTheLease) {
  submitRuns({submittedRun(1)});
  const auto holder = store.lease().holder().value();
  ASSERT_EQ(store.lease().acquire({2, 2, "boot"}, "host", 2, holder), true);

  EXPECT_FALSE(agent->turn());

  EXPECT_THAT(runner.processes, IsEmpty());
  EXPECT_EQ(store.lease().holder().value()->process.pid, 2);
}

}  // namespace
}  // namespace retort
