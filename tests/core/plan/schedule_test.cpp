#include "core/plan/schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

RunRecord makeRun(const std::string& id, RunState state = RunState::kQueued) {
  RunRecord run;
  run.spec.run_id = id;
  run.state = state;
  return run;
}

RunRecord withThreads(RunRecord run, int threads) {
  run.resources.threads = threads;
  return run;
}

RunRecord withGpus(RunRecord run, int gpus) {
  run.resources.gpus = gpus;
  return run;
}

RunRecord withMemory(RunRecord run, std::int64_t bytes) {
  run.resources.memory_bytes = bytes;
  return run;
}

RunRecord notBefore(RunRecord run, std::int64_t time_ms) {
  run.not_before_ms = time_ms;
  return run;
}

ScheduleInput twoCores(std::vector<RunRecord> runs) {
  ScheduleInput input;
  input.runs = std::move(runs);
  input.machine.threads = 2;
  input.now_ms = 1'000'000;
  return input;
}

std::vector<std::string> started(const ScheduleInput& input) {
  std::vector<std::string> ids;
  for (const RunStart& start : planSchedule(input).starts) {
    ids.push_back(start.run_id);
  }
  return ids;
}

TEST(Schedule, StartsNothingWhenEveryRunIsDone) {
  const auto input = twoCores({makeRun("a", RunState::kFinished),
                               makeRun("b", RunState::kDiverged),
                               makeRun("c", RunState::kFailed),
                               makeRun("d", RunState::kStopped)});

  EXPECT_EQ(planSchedule(input), Schedule{});
}

TEST(Schedule, KeepsBothCoresBusyWithSingleThreadedRuns) {
  EXPECT_THAT(started(twoCores({makeRun("a"), makeRun("b"), makeRun("c")})), ElementsAre("a", "b"));
}

TEST(Schedule, FollowsTheOrderOfTheQueue) {
  EXPECT_THAT(started(twoCores({makeRun("z"), makeRun("a")})), ElementsAre("z", "a"));
}

TEST(Schedule, CountsWhatRunningRunsHold) {
  auto input = twoCores({makeRun("a", RunState::kRunning), makeRun("b"), makeRun("c")});
  input.grants["a"] = Grant{{}, 1, 0};

  EXPECT_THAT(started(input), ElementsAre("b"));
}

TEST(Schedule, HoldsPausedRunsBack) {
  EXPECT_THAT(started(twoCores({makeRun("a", RunState::kPaused), makeRun("b")})), ElementsAre("b"));
}

TEST(Schedule, LimitsTheNumberOfJobs) {
  auto input = twoCores({makeRun("a"), makeRun("b")});
  input.machine.jobs = 1;

  EXPECT_THAT(started(input), ElementsAre("a"));
}

TEST(Schedule, CountsRunningRunsAgainstTheLimitOfJobs) {
  auto input = twoCores({makeRun("a", RunState::kRunning), makeRun("b")});
  input.grants["a"] = Grant{{}, 1, 0};
  input.machine.jobs = 1;

  EXPECT_THAT(started(input), IsEmpty());
}

TEST(Schedule, GivesEachRunItsOwnGpus) {
  auto input = twoCores({withGpus(makeRun("a"), 1), withGpus(makeRun("b"), 1)});
  input.machine.gpus = {"0", "1"};

  const auto schedule = planSchedule(input);

  EXPECT_THAT(schedule.starts,
              ElementsAre(RunStart{"a", Grant{{"0"}, 1, 0}}, RunStart{"b", Grant{{"1"}, 1, 0}}));
}

TEST(Schedule, NeverGivesAGpuThatIsHeld) {
  auto input = twoCores(
      {makeRun("a", RunState::kRunning), withGpus(makeRun("b"), 1), withGpus(makeRun("c"), 1)});
  input.machine.gpus = {"0", "1"};
  input.grants["a"] = Grant{{"0"}, 1, 0};

  EXPECT_THAT(planSchedule(input).starts, ElementsAre(RunStart{"b", Grant{{"1"}, 1, 0}}));
}

TEST(Schedule, LetsACpuRunPassOneThatWaitsForAGpu) {
  auto input =
      twoCores({makeRun("a", RunState::kRunning), withGpus(makeRun("b"), 1), makeRun("c")});
  input.machine.gpus = {"0"};
  input.grants["a"] = Grant{{"0"}, 1, 0};

  EXPECT_THAT(started(input), ElementsAre("c"));
}

TEST(Schedule, KeepsThreadsForABigRunThatWaits) {
  auto input = twoCores(
      {makeRun("a", RunState::kRunning), withThreads(makeRun("big"), 2), makeRun("small")});
  input.grants["a"] = Grant{{}, 1, 0};

  EXPECT_THAT(started(input), IsEmpty());
}

TEST(Schedule, GivesARunThatWantsMoreThreadsAllThatThereAre) {
  const auto schedule = planSchedule(twoCores({withThreads(makeRun("a"), 64), makeRun("b")}));

  EXPECT_THAT(schedule.starts, ElementsAre(RunStart{"a", Grant{{}, 2, 0}}));
}

TEST(Schedule, GivesOneThreadToARunThatAsksForNone) {
  const auto schedule = planSchedule(twoCores({withThreads(makeRun("a"), 0)}));

  EXPECT_THAT(schedule.starts, ElementsAre(RunStart{"a", Grant{{}, 1, 0}}));
}

TEST(Schedule, DividesMemory) {
  auto input = twoCores({withMemory(makeRun("a"), 600), withMemory(makeRun("b"), 600)});
  input.machine.memory_bytes = 1000;

  EXPECT_THAT(started(input), ElementsAre("a"));
}

TEST(Schedule, IgnoresMemoryWhereItIsUnknown) {
  EXPECT_THAT(started(twoCores({withMemory(makeRun("a"), 600), withMemory(makeRun("b"), 600)})),
              ElementsAre("a", "b"));
}

TEST(Schedule, BlocksARunThatNeedsMoreGpusThanThereAre) {
  const auto schedule = planSchedule(twoCores({withGpus(makeRun("a"), 2)}));

  EXPECT_THAT(schedule.starts, IsEmpty());
  EXPECT_THAT(
      schedule.changes,
      ElementsAre(StateChange{"a", RunState::kBlocked, "needs 2 GPUs, but this machine has 0"}));
}

TEST(Schedule, BlocksARunThatNeedsMoreMemoryThanThereIs) {
  auto input = twoCores({withMemory(makeRun("a"), 8LL << 20)});
  input.machine.memory_bytes = 4LL << 20;

  EXPECT_THAT(planSchedule(input).changes,
              ElementsAre(StateChange{
                  "a", RunState::kBlocked, "needs 8 MiB of memory, but this machine has 4 MiB"}));
}

TEST(Schedule, WaitsForNeededRuns) {
  auto input = twoCores({makeRun("student"), makeRun("teacher", RunState::kRunning)});
  input.needs["student"] = {"teacher"};
  input.grants["teacher"] = Grant{{}, 1, 0};

  EXPECT_EQ(planSchedule(input), Schedule{});
}

TEST(Schedule, StartsARunWhenTheRunsItNeedsHaveFinished) {
  auto input = twoCores({makeRun("teacher", RunState::kFinished), makeRun("student")});
  input.needs["student"] = {"teacher"};

  EXPECT_THAT(started(input), ElementsAre("student"));
}

TEST(Schedule, StartsATeacherBeforeItsStudentWhateverTheOrder) {
  auto input = twoCores({makeRun("student"), makeRun("teacher")});
  input.needs["student"] = {"teacher"};

  EXPECT_THAT(started(input), ElementsAre("teacher"));
}

struct BlockCase {
  RunState needed;
  std::string reason;
};

void PrintTo(const BlockCase& block, std::ostream* out) {
  *out << runStateName(block.needed);
}

class ScheduleBlocks : public testing::TestWithParam<BlockCase> {};

TEST_P(ScheduleBlocks, ARunWhoseNeededRunCannotFinish) {
  auto input = twoCores({makeRun("t", GetParam().needed), makeRun("s")});
  input.needs["s"] = {"t"};

  const auto schedule = planSchedule(input);

  EXPECT_THAT(schedule.starts, IsEmpty());
  EXPECT_THAT(schedule.changes,
              ElementsAre(StateChange{"s", RunState::kBlocked, GetParam().reason}));
}

INSTANTIATE_TEST_SUITE_P(
    States,
    ScheduleBlocks,
    testing::Values(BlockCase{RunState::kFailed, "needs run t, which failed"},
                    BlockCase{RunState::kDiverged, "needs run t, which diverged"},
                    BlockCase{RunState::kStopped, "needs run t, which was stopped"}));

TEST(Schedule, BlocksARunWhoseNeededRunWasRemoved) {
  auto input = twoCores({makeRun("s")});
  input.needs["s"] = {"gone"};

  const auto schedule = planSchedule(input);

  ASSERT_EQ(schedule.changes.size(), 1u);
  EXPECT_THAT(schedule.changes[0].message, HasSubstr("needs run gone, which was removed"));
}

TEST(Schedule, BlocksAlongAChain) {
  auto input = twoCores({makeRun("c"), makeRun("b"), makeRun("a", RunState::kFailed)});
  input.needs["b"] = {"a"};
  input.needs["c"] = {"b"};

  EXPECT_THAT(planSchedule(input).changes,
              ElementsAre(StateChange{"c", RunState::kBlocked, "needs run b, which is blocked"},
                          StateChange{"b", RunState::kBlocked, "needs run a, which failed"}));
}

TEST(Schedule, SaysNothingAgainAboutARunThatIsBlockedAlready) {
  RunRecord blocked = makeRun("s", RunState::kBlocked);
  blocked.message = "needs run t, which failed";
  auto input = twoCores({makeRun("t", RunState::kFailed), blocked});
  input.needs["s"] = {"t"};

  EXPECT_EQ(planSchedule(input), Schedule{});
}

TEST(Schedule, QueuesABlockedRunAgainWhenItsNeededRunIsTriedAgain) {
  auto input = twoCores({makeRun("t"), makeRun("s", RunState::kBlocked)});
  input.needs["s"] = {"t"};

  const auto schedule = planSchedule(input);

  EXPECT_THAT(schedule.changes, ElementsAre(StateChange{"s", RunState::kQueued, ""}));
  EXPECT_THAT(schedule.starts, ElementsAre(RunStart{"t", Grant{{}, 1, 0}}));
}

TEST(Schedule, StartsAnUnblockedRunAtOnce) {
  auto input = twoCores({makeRun("t", RunState::kFinished), makeRun("s", RunState::kBlocked)});
  input.needs["s"] = {"t"};

  EXPECT_THAT(started(input), ElementsAre("s"));
}

TEST(Schedule, SurvivesACycleInADamagedDatabase) {
  auto input = twoCores({makeRun("a"), makeRun("b")});
  input.needs["a"] = {"b"};
  input.needs["b"] = {"a"};

  EXPECT_THAT(started(input), IsEmpty());
}

TEST(Schedule, WaitsForTheBackOffAndSaysWhenItEnds) {
  auto input = twoCores({notBefore(makeRun("a"), 1'000'500), notBefore(makeRun("b"), 1'000'200)});

  const auto schedule = planSchedule(input);

  EXPECT_THAT(schedule.starts, IsEmpty());
  EXPECT_EQ(schedule.next_ms, 1'000'200);
}

TEST(Schedule, StartsARunWhenItsBackOffIsOver) {
  EXPECT_THAT(started(twoCores({notBefore(makeRun("a"), 1'000'000)})), ElementsAre("a"));
}

TEST(Schedule, GoesOnAfterTheClockJumpedBack) {
  auto input = twoCores({notBefore(makeRun("a"), 1'000'000 + 86'400'000)});

  EXPECT_THAT(started(input), ElementsAre("a"));
}

TEST(Schedule, DecidesAboutTenThousandRunsQuickly) {
  std::vector<RunRecord> runs;
  NeededRuns needs;
  for (int i = 0; i < 10'000; ++i) {
    runs.push_back(makeRun("run" + std::to_string(i)));
    needs["run" + std::to_string(i)] = {"teacher"};
  }
  runs.push_back(makeRun("teacher"));
  auto input = twoCores(std::move(runs));
  input.needs = std::move(needs);

  EXPECT_THAT(started(input), ElementsAre("teacher"));
}

}  // namespace
}  // namespace retort
