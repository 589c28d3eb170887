#include "core/cli/run_reference.h"

#include "tests/core/cli/store_fixture.h"

#include <gmock/gmock.h>

namespace retort::cli {
namespace {

using ::testing::HasSubstr;

class RunReference : public LossStore {};

TEST_F(RunReference, FindsARunByTheBeginningOfItsId) {
  const auto run = resolveRun(*store_, "33");

  ASSERT_TRUE(run.has_value());
  EXPECT_EQ(run->spec.run_id, kMap1);
}

TEST_F(RunReference, FindsARunByItsNameOrPosition) {
  EXPECT_EQ(resolveRun(*store_, "loss=map seed=2")->spec.run_id, kMap2);
  EXPECT_EQ(resolveRun(*store_, "losses:3")->spec.run_id, kMap1);
}

TEST_F(RunReference, ListsTheCandidatesOfAnAmbiguousId) {
  const auto run = resolveRun(*store_, "1111");

  ASSERT_FALSE(run.has_value());
  EXPECT_EQ(run.error().code, ErrorCode::kUsage);
  EXPECT_THAT(run.error().message, HasSubstr("1111111111111111  queued  loss=score seed=1"));
  EXPECT_THAT(run.error().message, HasSubstr("1111111111112222"));
}

TEST_F(RunReference, NamesSimilarRunsWhenThereIsNone) {
  const auto run = resolveRun(*store_, "seed=1");

  ASSERT_FALSE(run.has_value());
  EXPECT_EQ(run.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(run.error().message, HasSubstr("loss=map seed=1"));
  EXPECT_THAT(resolveRun(*store_, "nothing").error().message, HasSubstr("'retort ls'"));
}

TEST_F(RunReference, RefusesPositionsThatDoNotExist) {
  EXPECT_THAT(resolveRun(*store_, "losses:99").error().message,
              HasSubstr("has no run at position 99; it has 5 runs"));
  EXPECT_EQ(resolveRun(*store_, "others:1").error().code, ErrorCode::kNotFound);
}

TEST_F(RunReference, TakesAnExperimentForAllOfItsRuns) {
  const auto runs = resolveRuns(*store_, {"3333", "losses"});

  ASSERT_TRUE(runs.has_value());
  ASSERT_EQ(runs->size(), 5U);
  EXPECT_EQ(runs->front().spec.run_id, kMap1);
}

TEST_F(RunReference, FailsWhenAnyWordMeansNothing) {
  EXPECT_FALSE(resolveRuns(*store_, {"losses", "nothing"}).has_value());
}

TEST_F(RunReference, SurvivesHostileWords) {
  for (const char* word :
       {"", ":", "%", "'; DROP TABLE runs; --", "*", "losses:-1", "\x1b[2J", "../x"}) {
    EXPECT_FALSE(resolveRun(*store_, word).has_value()) << word;
  }
  EXPECT_TRUE(resolveRun(*store_, "3333").has_value());
}

}  // namespace
}  // namespace retort::cli
