#include "core/comparison/claim_evidence.h"

#include "tests/core/cli/store_fixture.h"

#include <gmock/gmock.h>

namespace retort {
namespace {

using ::testing::HasSubstr;

class Evidence : public cli::LossStore {
 protected:
  static Claim mapBeatsScore() {
    Claim claim;
    claim.experiment = "losses";
    claim.metric = "eval.accuracy";
    claim.value = {{"loss", "map"}};
    claim.baseline = {{"loss", "score"}};
    return claim;
  }

  ClaimEvidence load(const Claim& claim) {
    const auto evidence =
        loadEvidence(*store_, claim, [this](const std::string& name) -> const MetricSpec* {
          return name == "eval.accuracy" ? &accuracy_ : nullptr;
        });
    EXPECT_TRUE(evidence.has_value()) << evidence.error().message;
    return evidence.value_or(ClaimEvidence{});
  }

  MetricSpec accuracy_{"eval.accuracy", {}, "", "max", "", "", "", true};
};

// Pairs 0.80 - 0.70 and 0.91 - 0.80: mean 0.105, sd 0.00707, t(1, 0.975) = 12.706: ± 0.0635.
TEST_F(Evidence, PairsRunsBySeed) {
  finish(kScore1, 0.5, 0.70);
  finish(kScore2, 0.5, 0.80);
  finish(kMap1, 0.5, 0.80);
  finish(kMap2, 0.5, 0.91);

  const ClaimEvidence evidence = load(mapBeatsScore());

  ASSERT_TRUE(evidence.difference);
  EXPECT_EQ(evidence.difference->n, 2U);
  EXPECT_NEAR(evidence.difference->mean, 0.105, 1e-12);
  EXPECT_NEAR(*evidence.difference->low, 0.105 - 0.0635310, 1e-6);
  EXPECT_EQ(evidence.verdict, Verdict::kSupported);
  EXPECT_NEAR(*evidence.value.mean, 0.855, 1e-12);
  EXPECT_NEAR(*evidence.baseline.mean, 0.75, 1e-12);
  EXPECT_EQ(evidence.reason, "");
}

TEST_F(Evidence, TurnsWithTheExpectation) {
  finish(kScore1, 0.5, 0.70);
  finish(kScore2, 0.5, 0.80);
  finish(kMap1, 0.5, 0.80);
  finish(kMap2, 0.5, 0.91);
  Claim claim = mapBeatsScore();
  claim.is_higher = false;

  EXPECT_EQ(load(claim).verdict, Verdict::kNotSupported);
}

TEST_F(Evidence, DecidesNothingFromOnePair) {
  finish(kScore1, 0.5, 0.1);
  finish(kMap1, 0.5, 0.9);
  setState(kMap2, RunState::kFailed);

  const ClaimEvidence evidence = load(mapBeatsScore());

  EXPECT_EQ(evidence.verdict, Verdict::kUndecided);
  EXPECT_EQ(evidence.difference->n, 1U);
  EXPECT_EQ(evidence.absent, 2U);
}

TEST_F(Evidence, SaysWhatIsNotThere) {
  Claim claim = mapBeatsScore();
  claim.experiment = "bits";
  EXPECT_EQ(load(claim).reason, "the experiment bits was not run");

  claim = mapBeatsScore();
  claim.value = {{"loss", "output"}};
  EXPECT_THAT(load(claim).reason, HasSubstr("leaves out what the claim compares"));

  claim = mapBeatsScore();
  claim.baseline = {{"loss", "none"}};
  EXPECT_THAT(load(claim).reason, HasSubstr("no run has the baseline's label 'none'"));
  EXPECT_EQ(load(claim).verdict, Verdict::kUndecided);

  EXPECT_EQ(load(mapBeatsScore()).reason, "no pair of runs has both numbers");
}

TEST_F(Evidence, TakesMeansOverCurves) {
  for (const auto& [run, low, high] : {std::tuple(kScore1, 2.0, 4.0),
                                       std::tuple(kMap1, 1.0, 2.0),
                                       std::tuple(kMap2, 0.0, 1.0),
                                       std::tuple(kScore2, 2.0, 2.0)}) {
    Event norms = point("x", 1, 0);
    norms.points = {{{"grad_norm", 0, {}, "q", ""}, low}, {{"grad_norm", 1, {}, "q", ""}, high}};
    finish(run, 0.5, 0.5);
    ingest(run, {norms});
  }
  Claim claim = mapBeatsScore();
  claim.metric = "mean(grad_norm)";
  EXPECT_NEAR(load(claim).difference->mean, (1.5 - 3.0 + 0.5 - 2.0) / 2, 1e-12);
  claim.metric = "mean(grad_norm[layer=1])";
  EXPECT_NEAR(load(claim).difference->mean, (2.0 - 4.0 + 1.0 - 2.0) / 2, 1e-12);
}

}  // namespace
}  // namespace retort
