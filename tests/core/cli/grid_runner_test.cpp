#include "core/cli/grid_runner.h"

#include "core/base/file.h"
#include "tests/core/cli/store_fixture.h"
#include "tests/core/cli/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::cli {
namespace {

using ::testing::HasSubstr;

GridProgress progressOf(const std::vector<RunState>& states) {
  GridProgress progress;
  for (const RunState state : states) {
    RunProgress run;
    run.run_id = "0123456789abcdef";
    run.name = "loss=map";
    run.state = state;
    run.message = "reason\x1b[2J";
    progress.runs.push_back(run);
  }
  return progress;
}

TEST(WaitExitCode, IsZeroForResultsAndOneForFailures) {
  EXPECT_EQ(waitExitCode({progressOf({RunState::kFinished, RunState::kDiverged}), false}), 0);
  EXPECT_EQ(waitExitCode({progressOf({RunState::kFinished, RunState::kFailed}), false}), 1);
  EXPECT_EQ(waitExitCode({progressOf({RunState::kBlocked}), false}), 1);
  EXPECT_EQ(waitExitCode({progressOf({RunState::kStopped}), false}), 1);
  EXPECT_EQ(waitExitCode({progressOf({RunState::kRunning}), true}), 130);
}

TEST(FailureText, NamesTheRunAndTheReason) {
  const std::string text = failureText(progressOf({RunState::kFinished, RunState::kFailed}));

  EXPECT_EQ(text.rfind("failed 01234567 loss=map: reason", 0), 0U);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

class GridFile : public ::testing::Test {
 protected:
  Result<experiments::ExpandedExperiment> expand(const std::string& text,
                                                 std::vector<std::string> overrides = {}) {
    const std::filesystem::path file = folder_.path() / "grid.yaml";
    EXPECT_TRUE(writeFileAtomically(file, text).has_value());
    Catalogues catalogues(WorkspacePaths{folder_.path()});
    return expandGrid(catalogues, {file, std::move(overrides)});
  }

  TemporaryFolder folder_;
};

TEST_F(GridFile, ThatDoesNotExistIsNotFound) {
  Catalogues catalogues(WorkspacePaths{folder_.path()});

  const auto expanded = expandGrid(catalogues, {folder_.path() / "none.yaml", {}});

  ASSERT_FALSE(expanded.has_value());
  EXPECT_EQ(expanded.error().code, ErrorCode::kNotFound);
}

TEST_F(GridFile, ThatIsWrongIsReportedWithItsPlaces) {
  const auto expanded = expand("experiment: x\nexperiment: y\n");

  ASSERT_FALSE(expanded.has_value());
  EXPECT_EQ(expanded.error().code, ErrorCode::kInvalidConfig);
  EXPECT_THAT(expanded.error().message, HasSubstr("grid.yaml:2:1: "));
  EXPECT_NE(expanded.error().message.back(), '\n');
}

TEST_F(GridFile, WithAWrongOverrideIsAUsageError) {
  for (const char* text : {"train.lr=", "a.b.c", "=1"}) {
    const auto expanded = expand("experiment: x\n", {text});
    ASSERT_FALSE(expanded.has_value()) << text;
    EXPECT_EQ(expanded.error().code, ErrorCode::kUsage) << text;
    EXPECT_THAT(expanded.error().message, HasSubstr(text));
  }
}

class SubmittedGrid : public LossStore {};

TEST_F(SubmittedGrid, ThatIsDoneNeedsNoAgent) {
  // A store in memory cannot start one: an attempt to would fail.
  const ExperimentRecord experiment = *store_->experiments().find("losses");
  Submission submission;
  submission.experiment = experiment.name;
  submission.text = experiment.text;
  for (const ExperimentRun& member : experiment.runs) {
    SubmittedRun run;
    run.spec.run_id = member.run_id;
    run.membership = member;
    submission.runs.push_back(run);
    setState(member.run_id, RunState::kFinished);
  }

  const auto ids = submitGrid(*store_, submission, 0);

  ASSERT_TRUE(ids.has_value());
  EXPECT_EQ(ids->size(), 5U);
}

TEST_F(SubmittedGrid, ThatIsSettledIsNotWaitedFor) {
  setState(kMap1, RunState::kFinished);

  const auto result = waitForRuns(Session{}, *store_, "losses", {kMap1}, true);

  ASSERT_TRUE(result.has_value());
  EXPECT_FALSE(result->is_interrupted);
  EXPECT_EQ(result->progress.count(RunState::kFinished), 1U);
}

}  // namespace
}  // namespace retort::cli
