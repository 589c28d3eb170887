#include "core/agent/agent_lease.h"

#include "core/agent/process_identity.h"
#include "tests/core/agent/agent_fixture.h"

#include <unistd.h>

namespace retort {
namespace {

class AgentLease : public WorkspaceTest {
 protected:
  LeaseContest contestant(const AgentIdentity& who) { return {store.lease(), clock, who}; }

  void holdBy(const ProcessIdentity& process, const std::string& host) {
    ASSERT_EQ(store.lease().acquire(process, host, 1), true);
  }

  FakeClock clock;
  AgentIdentity self = ownIdentity();
  ProcessIdentity dead{999'999'999, 5, bootId()};
};

TEST_F(AgentLease, IsTakenWhenItIsFree) {
  EXPECT_EQ(contestant(self).attempt(), LeaseAttempt::kAcquired);

  EXPECT_EQ(store.lease().holder().value()->process, self.process);
}

TEST_F(AgentLease, IsTakenAtOnceFromAProcessThatIsGone) {
  holdBy(dead, self.host);

  EXPECT_EQ(contestant(self).attempt(), LeaseAttempt::kAcquired);
}

TEST_F(AgentLease, IsTakenAtOnceAfterARestartOfTheMachine) {
  holdBy({::getpid(), self.process.start_ticks, "an earlier boot"}, self.host);

  EXPECT_EQ(contestant(self).attempt(), LeaseAttempt::kAcquired);
}

TEST_F(AgentLease, IsTakenFromAStrangerWithTheHoldersPid) {
  holdBy({::getppid(), 1, bootId()}, self.host);

  EXPECT_EQ(contestant(self).attempt(), LeaseAttempt::kAcquired);
}

TEST_F(AgentLease, StaysWithALivingHolderWhoseHeartbeatMoves) {
  const ProcessIdentity parent = identifyProcess(::getppid()).value();
  holdBy(parent, self.host);
  LeaseContest contest = contestant(self);

  EXPECT_EQ(contest.attempt(), LeaseAttempt::kUndecided);
  ASSERT_EQ(store.lease().renew(parent), true);

  EXPECT_EQ(contest.attempt(), LeaseAttempt::kHeldByOther);
}

TEST_F(AgentLease, IsTakenFromALivingHolderThatIsStoppedForLong) {
  holdBy(identifyProcess(::getppid()).value(), self.host);
  LeaseContest contest = contestant(self);

  EXPECT_EQ(contest.attempt(), LeaseAttempt::kUndecided);
  clock.advance(LeaseContest::kGraceMs - 1);
  EXPECT_EQ(contest.attempt(), LeaseAttempt::kUndecided);
  clock.advance(1);

  EXPECT_EQ(contest.attempt(), LeaseAttempt::kAcquired);
}

TEST_F(AgentLease, OfAnotherHostIsJudgedByItsHeartbeatOnly) {
  holdBy(dead, "another host");
  LeaseContest contest = contestant(self);

  EXPECT_EQ(contest.attempt(), LeaseAttempt::kUndecided);
  clock.wall_ms += 86'400'000;  // a jump of the wall clock proves nothing
  EXPECT_EQ(contest.attempt(), LeaseAttempt::kUndecided);
  clock.advance(LeaseContest::kGraceMs);

  EXPECT_EQ(contest.attempt(), LeaseAttempt::kAcquired);
}

TEST_F(AgentLease, GoesToOneOfTwoThatFoundTheSameDeadHolder) {
  holdBy(dead, self.host);
  AgentIdentity other = self;
  other.process = identifyProcess(::getppid()).value();

  EXPECT_EQ(contestant(other).attempt(), LeaseAttempt::kAcquired);
  EXPECT_EQ(contestant(self).attempt(), LeaseAttempt::kUndecided);
}

TEST_F(AgentLease, NamesTheHostWithItsProcessNamespace) {
  EXPECT_THAT(self.host, ::testing::HasSubstr("pid:["));
}

}  // namespace
}  // namespace retort
