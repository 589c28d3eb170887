#include "core/cli/reproduction_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

JudgedClaim claimOf(Verdict verdict) {
  JudgedClaim judged;
  judged.claim.sentence = "Outputs count.";
  judged.claim.source = "table 5";
  judged.claim.metric = "mean(attention_output_mse)";
  judged.claim.value = {{"distill", "output"}};
  judged.claim.baseline = {{"distill", "context"}};
  judged.claim.within = {{"data", "cola"}};
  judged.claim.is_higher = false;
  judged.claim.margin = 0.25;
  judged.claim.note = "At another size.";
  judged.evidence.verdict = verdict;
  judged.evidence.difference = PairedDifference{3, -0.5, 0.1, -0.75, -0.25, 0.01};
  return judged;
}

std::string headOf(const std::vector<JudgedClaim>& claims) {
  experiments::Reproduction reproduction;
  reproduction.source = "Someone";
  return renderMarkdown(
      Document{"T", reproductionHead(reproduction, {"small", "at night.", {}, {}}, "", claims)});
}

TEST(ReproductionHead, SaysWhatWasMeasuredAndExpected) {
  EXPECT_THAT(headOf({claimOf(Verdict::kSupported)}),
              AllOf(HasSubstr("(at the end), distill output minus distill context, data cola"),
                    HasSubstr("expected below 0 by more than 0.25. At another size."),
                    HasSubstr("n = 3")));
}

TEST(ReproductionHead, ExplainsTheVerdicts) {
  EXPECT_THAT(headOf({}),
              AllOf(HasSubstr("0 supported, 0 not supported, 0 not decided at this size"),
                    HasSubstr("nothing is corrected for the number of claims"),
                    Not(HasSubstr("## Limits"))));
}

TEST(VerdictCounts, CountEachVerdict) {
  EXPECT_EQ(verdictCounts({claimOf(Verdict::kUndecided),
                           claimOf(Verdict::kSupported),
                           claimOf(Verdict::kUndecided),
                           claimOf(Verdict::kNotSupported)}),
            "1 supported, 1 not supported, 2 not decided at this size");
}

TEST(EffectText, ShowsTheIntervalOrWhyThereIsNone) {
  ClaimEvidence evidence = claimOf(Verdict::kSupported).evidence;
  EXPECT_EQ(effectText(evidence), "-0.5 [-0.75, -0.25], n = 3");
  evidence.absent = 1;
  EXPECT_EQ(effectText(evidence), "-0.5 [-0.75, -0.25], n = 3; 1 of its runs have no number");
  EXPECT_EQ(effectText({.reason = "it was not run"}), "none: it was not run");
}

}  // namespace
}  // namespace retort::cli
