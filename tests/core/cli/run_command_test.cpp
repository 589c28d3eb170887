#include "tests/core/cli/program_fixture.h"

#include <gmock/gmock.h>

namespace retort::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class RunCommand : public RetortProgram {};

TEST_F(RunCommand, RunsTheGridAndComparesIt) {
  const ProgramOutput output = retort({"run", writeSmallGrid()});

  EXPECT_EQ(output.exit_code, 0) << output.errors;
  EXPECT_THAT(output.output, HasSubstr("fake.steps=long seed=2 finished"));
  EXPECT_THAT(output.output, HasSubstr("lengths: 4 of 4 finished"));
  EXPECT_THAT(output.output, HasSubstr("eval.accuracy"));
  EXPECT_THAT(output.output, HasSubstr("baseline"));
  EXPECT_EQ(output.output.find('\x1b'), std::string::npos);
}

TEST_F(RunCommand, RunsNothingTwice) {
  const std::string file = writeSmallGrid();
  ASSERT_EQ(retort({"run", file}).exit_code, 0);
  (void)retort({"agent", "--shutdown"});

  const auto start = std::chrono::steady_clock::now();
  const ProgramOutput again = retort({"run", file});
  const auto took = std::chrono::steady_clock::now() - start;

  EXPECT_EQ(again.exit_code, 0);
  EXPECT_THAT(again.output, HasSubstr("lengths: 4 of 4 finished"));
  EXPECT_LT(took, std::chrono::seconds(2));
  for (const Json& run : listRuns()) {
    EXPECT_EQ(run["attempts"], 1);
  }
}

TEST_F(RunCommand, RunsOnlyWhatIsNewOfAnExtendedGrid) {
  ASSERT_EQ(retort({"run", writeSmallGrid()}).exit_code, 0);

  const ProgramOutput plan = retort({"run", writeSmallGrid(), "--set", "seeds=3", "--dry-run"});
  const ProgramOutput output = retort({"run", writeSmallGrid(), "--set", "seeds=3"});

  EXPECT_THAT(plan.output, HasSubstr("lengths: 6 runs; 4 done, 2 to do"));
  EXPECT_EQ(output.exit_code, 0);
  EXPECT_EQ(listRuns().size(), 6U);
}

TEST_F(RunCommand, ShowsThePlanWithoutMakingAWorkspace) {
  const std::string file = writeGrid(
      "grid: {fake.steps: [5]}\n"
      "needs: {teacher: {fake.steps: 3}}\n"
      "base: {fake.teacher: \"${needs.teacher}\"}\n");

  const ProgramOutput plan = retort({"run", file, "--dry-run"});

  EXPECT_EQ(plan.exit_code, 0) << plan.errors;
  EXPECT_THAT(plan.output, HasSubstr("1 run and 1 needed run; 0 done, 2 to do"));
  EXPECT_FALSE(std::filesystem::exists(workspace() / "workspace.db"));

  const auto json = parseJson(retort({"run", file, "--dry-run", "--json"}).output);
  ASSERT_TRUE(json.has_value());
  EXPECT_EQ((*json)["runs"].size(), 2U);
  EXPECT_EQ((*json)["runs"][0]["is_needed_only"], true);
  EXPECT_EQ((*json)["runs"][1]["needs"][0], (*json)["runs"][0]["run"]);
}

TEST_F(RunCommand, RunsNeededRunsFirst) {
  const std::string file = writeGrid(
      "grid: {fake.steps: [5, 6]}\n"
      "needs: {teacher: {fake.steps: 3}}\n"
      "base: {fake.teacher: \"${needs.teacher}\"}\n"
      "report: {metric: eval.accuracy}\n");

  const ProgramOutput output = retort({"run", file});

  EXPECT_EQ(output.exit_code, 0) << output.errors;
  EXPECT_THAT(output.output, HasSubstr("3 of 3 finished"));
}

TEST_F(RunCommand, FailsWhenARunFailedAndSaysWhy) {
  const ProgramOutput output =
      retort({"run",
              writeGrid("grid: {fake.behaviour: [normal, bad_data]}\nbase: {fake.steps: 3}\n"
                        "report: {metric: eval.accuracy}\n")});

  EXPECT_EQ(output.exit_code, 1);
  EXPECT_THAT(output.errors, HasSubstr("fake.behaviour=bad_data"));
  EXPECT_THAT(output.errors, HasSubstr("row 7 of train.tsv has no label"));
  EXPECT_THAT(output.output, HasSubstr("Not counted (1): fake.behaviour=bad_data"));
}

TEST_F(RunCommand, CountsADivergedRunAsAResult) {
  const ProgramOutput output = retort(
      {"run", writeGrid("base: {fake.behaviour: diverge}\nreport: {metric: eval.accuracy}\n")});

  EXPECT_EQ(output.exit_code, 0) << output.errors;
  EXPECT_THAT(output.output, HasSubstr("1 diverged"));
}

TEST_F(RunCommand, PrintsTheRunsForScripts) {
  const ProgramOutput output = retort({"run", writeSmallGrid(), "--json"});

  const auto json = parseJson(output.output);
  ASSERT_TRUE(json.has_value()) << output.output;
  EXPECT_EQ((*json)["experiment"], "lengths");
  EXPECT_EQ((*json)["runs"].size(), 4U);
  EXPECT_EQ((*json)["runs"][3]["state"], "finished");
}

TEST_F(RunCommand, RefusesBadFilesWithTheRightExitCodes) {
  EXPECT_EQ(retort({"run", "nothing.yaml"}).exit_code, 66);
  EXPECT_EQ(retort({"run", writeGrid("grid: {fake.stps: [1]}\n")}).exit_code, 78);
  EXPECT_EQ(retort({"run", writeSmallGrid(), "--set", "=1"}).exit_code, 64);
  EXPECT_EQ(retort({"run"}).exit_code, 64);
  const ProgramOutput many = retort({"run", writeSmallGrid(), "--limit", "3"});
  EXPECT_EQ(many.exit_code, 78);
  EXPECT_THAT(many.errors, HasSubstr("3"));
  EXPECT_FALSE(std::filesystem::exists(workspace() / "workspace.db"));
}

TEST_F(RunCommand, ShowsProblemsWithTheirPlaceAndASuggestion) {
  const ProgramOutput output = retort({"check", writeGrid("grid: {fake.stps: [1]}\n")});

  EXPECT_EQ(output.exit_code, 78);
  EXPECT_THAT(output.errors, HasSubstr("grid.yaml:3:"));
  EXPECT_THAT(output.errors, HasSubstr("fake.steps"));
  EXPECT_EQ(retort({"check", writeSmallGrid()}).exit_code, 0);
}

TEST_F(RunCommand, NeverRunsAProgramThatAFileNames) {
  const std::string file = writeGrid("base: {fake.steps: 3}\n");
  ASSERT_TRUE(writeFileAtomically(file, "experiment: x\ntrainer: /bin/sh\n").has_value());

  const ProgramOutput output = retort({"run", file});

  EXPECT_NE(output.exit_code, 0);
  EXPECT_FALSE(std::filesystem::exists(workspace() / "workspace.db"));
}

TEST_F(RunCommand, StopsResumesAndRetriesRuns) {
  const std::string file = writeGrid("base: {fake.steps: 2000, fake.step_ms: 5}\nseeds: 2\n");
  ASSERT_EQ(retort({"run", file, "--detach", "--jobs", "1"}).exit_code, 0);

  ASSERT_EQ(retort({"stop", "lengths"}).exit_code, 0);
  for (int look = 0; look < 100 && listRuns()[0]["state"] != "stopped"; ++look) {
    usleep(100'000);
  }
  EXPECT_EQ(listRuns()[0]["state"], "stopped");
  EXPECT_EQ(listRuns()[1]["state"], "stopped");

  ASSERT_EQ(retort({"resume", "lengths:0"}).exit_code, 0);
  EXPECT_NE(listRuns()[0]["state"], "stopped");
  ASSERT_EQ(retort({"retry", "lengths:1"}).exit_code, 0);
  ASSERT_EQ(retort({"pause", "lengths:1"}).exit_code, 0);
  EXPECT_EQ(listRuns()[1]["state"], "paused");
}

}  // namespace
}  // namespace retort::cli
