#include "core/cli/reproduction_plan.h"

#include "tests/core/cli/store_fixture.h"

#include <gtest/gtest.h>

namespace retort::cli {
namespace {

class PlanOfReproduction : public LossStore {
 protected:
  static PlannedGrid gridOf(std::vector<SubmittedRun> runs) {
    PlannedGrid planned;
    planned.grid.run_seconds = 100;
    planned.grid.needed_seconds = 1000;
    planned.submission.runs = std::move(runs);
    return planned;
  }

  static SubmittedRun run(const char* id, int threads = 1) {
    SubmittedRun submitted = makeRun(id, id, {}, 1, 0);
    submitted.resources.threads = threads;
    return submitted;
  }
};

TEST_F(PlanOfReproduction, KnowsRunsThatTheWorkspaceNeverSaw) {
  const ReproductionPlan plan = planReproduction(*store_, {gridOf({run("ffffffffffffffff")})}, 1);

  EXPECT_EQ(plan.total, 1U);
  EXPECT_EQ(plan.done, 0U);
  EXPECT_DOUBLE_EQ(plan.core_seconds, 100);
}

TEST_F(PlanOfReproduction, GivesEachRunItsThreads) {
  const auto atOnce = [&](int threads, int cores) {
    return planReproduction(*store_, {gridOf({run(kMap1, threads)})}, cores).at_once;
  };
  EXPECT_EQ(atOnce(1, 2), 2);
  EXPECT_EQ(atOnce(2, 2), 1);
  EXPECT_EQ(atOnce(2, 7), 3);
  EXPECT_EQ(atOnce(4, 2), 1);
}

TEST_F(PlanOfReproduction, OfNothingIsDone) {
  const ReproductionPlan plan = planReproduction(*store_, {}, 2);

  EXPECT_EQ(plan.total, 0U);
  EXPECT_EQ(plan.seconds, 0);
}

TEST_F(PlanOfReproduction, NeedsNothingWhenAllIsDone) {
  setState(kMap1, RunState::kFinished);
  setState(kMap2, RunState::kDiverged);

  const ReproductionPlan plan =
      planReproduction(*store_, {gridOf({run(kMap1), run(kMap2)}), gridOf({run(kMap2)})}, 2);

  EXPECT_EQ(plan.total, 2U);
  EXPECT_EQ(plan.done, 2U);
  EXPECT_DOUBLE_EQ(plan.core_seconds, 0);
}

TEST(AboutDuration, GrowsFromMinutesToHours) {
  EXPECT_EQ(aboutDuration(0), "about a minute");
  EXPECT_EQ(aboutDuration(89), "about a minute");
  EXPECT_EQ(aboutDuration(91), "about 2 minutes");
  EXPECT_EQ(aboutDuration(5399), "about 90 minutes");
  EXPECT_EQ(aboutDuration(5400), "about 1.5 hours");
  EXPECT_EQ(aboutDuration(36000), "about 10.0 hours");
}

}  // namespace
}  // namespace retort::cli
