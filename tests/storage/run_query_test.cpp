#include "storage/run_query.h"

#include "storage/open_database.h"
#include "tests/storage/store_fixture.h"

namespace retort::storage {
namespace {

class FindRuns : public ::testing::Test {
 protected:
  FindRuns() {
    RunStore runs(*database_);
    for (int number = 1; number <= 3; ++number) {
      EXPECT_TRUE(valueOf(runs.insertIfNew(submittedRun(number), number)));
    }
    expectOk(runs.setPriority(runId(2), 1));
    expectOk(runs.setState(runId(3), RunState::kRunning, "", 5));
  }

  std::vector<std::int64_t> find(const RunFilter& filter) {
    return valueOf(findRuns(*database_, filter));
  }

  std::unique_ptr<Database> database_ = valueOf(openMemoryDatabase());
};

using Numbers = std::vector<std::int64_t>;

TEST_F(FindRuns, GivesAllInTheOrderOfTheQueue) {
  EXPECT_EQ(find({}), (Numbers{2, 1, 3}));
}

TEST_F(FindRuns, FindsRunsInEveryStateOnItsOwn) {
  RunStore runs(*database_);
  for (const RunState state : {RunState::kQueued,
                               RunState::kPaused,
                               RunState::kBlocked,
                               RunState::kRunning,
                               RunState::kStopping,
                               RunState::kStopped,
                               RunState::kFinished,
                               RunState::kDiverged,
                               RunState::kFailed}) {
    expectOk(runs.setState(runId(1), state, "", 5));
    RunFilter filter;
    filter.states = {state};
    filter.run_ids = {runId(1)};
    EXPECT_EQ(find(filter), Numbers{1}) << runStateName(state);
    EXPECT_EQ(find({}).size(), 3U) << runStateName(state);
  }
}

TEST_F(FindRuns, ConditionsAddUp) {
  RunFilter filter;
  filter.states = {RunState::kQueued};
  filter.text = "SEED=1";
  EXPECT_EQ(find(filter), Numbers{1});

  filter.tags = {"absent"};
  EXPECT_TRUE(find(filter).empty());
}

TEST_F(FindRuns, UsesTheIndexOfStates) {
  const auto plan =
      valueOf(readAll(*database_,
                      "EXPLAIN QUERY PLAN SELECT run_number FROM runs r WHERE r.state IN "
                      "(SELECT value FROM json_each('[]')) AND ('' = '' OR r.run_id IN (SELECT 1))",
                      [](Statement& row) {
                        (void)row.takeInteger();
                        (void)row.takeInteger();
                        (void)row.takeInteger();
                        return row.takeText();
                      }));

  ASSERT_FALSE(plan.empty());
  EXPECT_NE(plan[0].find("runs_state"), std::string::npos) << plan[0];
}

}  // namespace
}  // namespace retort::storage
