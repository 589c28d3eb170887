#include "core/cli/reproduction_plan.h"
#include "core/cli/reproduction_report.h"
#include "tests/core/cli/program_fixture.h"
#include "tests/core/cli/store_fixture.h"

#include <gmock/gmock.h>

#include <filesystem>

namespace retort::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class ReproductionPlans : public LossStore {
 protected:
  PlannedGrid grid(std::vector<SubmittedRun> runs) {
    PlannedGrid planned;
    planned.grid.run_seconds = 100;
    planned.grid.needed_seconds = 1000;
    planned.submission.runs = std::move(runs);
    return planned;
  }

  static SubmittedRun needed(SubmittedRun run) {
    run.membership.is_needed_only = true;
    return run;
  }
};

TEST_F(ReproductionPlans, CountSharedRunsOnce) {
  const SubmittedRun score = makeRun(kScore1, "a", {}, 1, 0);
  const SubmittedRun map = makeRun(kMap1, "b", {}, 1, 1);
  const SubmittedRun teacher = needed(makeRun("000000000000000a", "teacher", {}, std::nullopt, 0));

  const ReproductionPlan plan =
      planReproduction(*store_, {grid({teacher, score}), grid({teacher, score, map})}, 2);

  EXPECT_EQ(plan.total, 3U);
  EXPECT_EQ(plan.done, 0U);
  EXPECT_DOUBLE_EQ(plan.core_seconds, 1200);
  EXPECT_EQ(plan.at_once, 2);
  EXPECT_DOUBLE_EQ(plan.seconds, 600);
}

TEST_F(ReproductionPlans, LeaveOutWhatIsDone) {
  setState(kScore1, RunState::kFinished);
  setState(kScore2, RunState::kDiverged);
  setState(kMap1, RunState::kFailed);

  const ReproductionPlan plan = planReproduction(*store_,
                                                 {grid({makeRun(kScore1, "a", {}, 1, 0),
                                                        makeRun(kScore2, "b", {}, 2, 1),
                                                        makeRun(kMap1, "c", {}, 1, 2)})},
                                                 1);

  EXPECT_EQ(plan.total, 3U);
  EXPECT_EQ(plan.done, 2U);
  EXPECT_DOUBLE_EQ(plan.core_seconds, 100);
}

TEST(AboutDuration, IsAsRoughAsAnEstimate) {
  EXPECT_EQ(aboutDuration(20), "about a minute");
  EXPECT_EQ(aboutDuration(610), "about 11 minutes");
  EXPECT_EQ(aboutDuration(3 * 3600 + 60), "about 3.0 hours");
}

JudgedClaim judged(Verdict verdict, std::optional<PairedDifference> difference) {
  JudgedClaim claim;
  claim.claim.sentence = "Maps <help>.";
  claim.claim.source = "table 2";
  claim.claim.metric = "eval.accuracy";
  claim.claim.at = "best";
  claim.claim.value = {{"distill", "map"}};
  claim.claim.baseline = {{"distill", "score"}};
  claim.evidence.verdict = verdict;
  claim.evidence.difference = difference;
  claim.evidence.reason = difference ? "" : "the experiment was not run";
  return claim;
}

TEST(ReproductionReport, ShowsEffectIntervalAndVerdictOfEveryClaim) {
  PairedDifference difference{5, 0.0123, 0.01, 0.004, 0.0206, 0.01};
  experiments::Reproduction reproduction;
  reproduction.source = "Someone 2022";
  reproduction.limits = {"Small & short."};
  const experiments::ReproductionScale scale{"quick", "two layers.", {}, {}};
  const std::vector<JudgedClaim> claims{judged(Verdict::kSupported, difference),
                                        judged(Verdict::kUndecided, std::nullopt)};

  const std::string html =
      renderHtml({"T", reproductionHead(reproduction, scale, "All 3 runs are done.", claims)});

  EXPECT_THAT(html,
              AllOf(HasSubstr("<h2>Claims: 1 supported, 0 not supported, 1 not decided at this "
                              "size</h2>"),
                    HasSubstr("Maps &lt;help&gt;. (table 2)"),
                    HasSubstr("eval.accuracy (best evaluation on the dev set), distill map minus "
                              "distill score; expected above 0"),
                    HasSubstr("+0.0123 [0.004, 0.0206], n = 5"),
                    HasSubstr("none: the experiment was not run"),
                    HasSubstr("<li>Small &amp; short.</li>"),
                    HasSubstr("Scale quick: two layers. All 3 runs are done.")));
}

TEST(ReproductionReport, SaysWhenAnEffectHasNoInterval) {
  ClaimEvidence evidence;
  evidence.difference = PairedDifference{1, 0.5, {}, {}, {}, {}};
  evidence.absent = 3;
  EXPECT_EQ(effectText(evidence), "+0.5, n = 1: no interval; 3 of its runs have no number");
}

class ReproduceCommand : public RetortProgram {
 protected:
  void SetUp() override {
    RetortProgram::SetUp();
    if (!std::filesystem::exists(std::filesystem::path(PROGRAM_DIR) / "retort-train")) {
      GTEST_SKIP() << "the trainer is not built";
    }
  }
};

TEST_F(ReproduceCommand, ShowsItsPlanFirst) {
  const ProgramOutput plan = retort({"reproduce", "kim2022", "--quick", "--dry-run"});

  EXPECT_EQ(plan.exit_code, 0) << plan.errors;
  EXPECT_THAT(plan.output,
              AllOf(HasSubstr("Scale quick"), HasSubstr("kim2022-losses"), HasSubstr("0 of ")));
  const ProgramOutput intervention = retort({"reproduce", "ti2023", "--quick", "--dry-run"});
  EXPECT_THAT(intervention.output, HasSubstr("ti2023-two-step")) << intervention.errors;
}

TEST_F(ReproduceCommand, NamesWhatItKnows) {
  EXPECT_THAT(retort({"reproduce", "kim2023"}).errors, HasSubstr("there are: kim2022"));
  EXPECT_THAT(retort({"reproduce", "kim2022", "--input", "gleu=/x"}).errors,
              HasSubstr("write NAME=PATH"));
  EXPECT_THAT(retort({"reproduce", "kim2022", "--scale", "paper"}).errors,
              HasSubstr("the scale paper needs --input"));
}

}  // namespace
}  // namespace retort::cli
