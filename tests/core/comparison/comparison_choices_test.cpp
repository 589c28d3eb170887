#include "core/comparison/comparison_choices.h"

#include "core/comparison/comparison_loader.h"
#include "core/comparison/run_groups.h"
#include "tests/core/cli/store_fixture.h"

#include <gmock/gmock.h>

namespace retort {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Choices : public cli::LossStore {
 protected:
  ComparisonChoices load() {
    const auto choices = loadChoices(*store_, *store_->experiments().find("losses"));
    EXPECT_TRUE(choices.has_value());
    return choices.value_or(ComparisonChoices{});
  }

  ComparisonTable table(const ComparisonOptions& options = {}) {
    const auto none = [](const std::string&) -> const MetricSpec* {
      return nullptr;
    };
    const auto loaded =
        loadComparison(*store_, *store_->experiments().find("losses"), options, none);
    EXPECT_TRUE(loaded.has_value());
    return loaded.value_or(ComparisonTable{});
  }
};

TEST_F(Choices, KnowsTheFactorsBeforeAnyRunHasStarted) {
  const ComparisonChoices choices = load();

  ASSERT_EQ(choices.factors.size(), 1U);
  EXPECT_EQ(choices.factors[0].name, "loss");
  EXPECT_THAT(choices.factors[0].labels, ElementsAre("score", "map"));
  EXPECT_THAT(choices.metrics, IsEmpty());
}

TEST_F(Choices, TellsMetricsFromCurvesWithDimensions) {
  finish(kScore1, 0.5, 0.6);
  Event norms = point("x", 1, 0);
  norms.points = {{SeriesKey{"grad_norm", 0, {}, "q", ""}, 2.0},
                  {SeriesKey{"kl", 1, 0, "", ""}, 2.0},
                  {SeriesKey{"part", {}, {}, "", "map"}, 2.0}};
  ingest(kScore1, {norms, other("result", {{"metrics", {{"eval.accuracy_best", 0.7}}}})});

  const ComparisonChoices choices = load();

  EXPECT_THAT(choices.metrics, ElementsAre("eval.accuracy"));
  EXPECT_THAT(
      choices.curves,
      ElementsAre("grad_norm[layer=0,projection=q]", "kl[layer=1,head=0]", "part[component=map]"));
  EXPECT_THAT(choices.by_layer,
              ElementsAre("grad_norm", "grad_norm[projection=q]", "kl", "kl[head=0]"));
}

TEST_F(Choices, GroupsTheRunsAsTheTableDoes) {
  finish(kScore1, 0.5, 0.6);
  setState(kMap1, RunState::kFailed);

  const ComparisonTable comparison = table();
  const auto groups = groupsOf(comparison);

  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups[0].name, "score");
  EXPECT_THAT(groups[0].run_ids, ElementsAre(kScore1, kScore2));
  EXPECT_THAT(groups[1].run_ids, ElementsAre(kMap1, kMap2));
  EXPECT_EQ(cellOf(comparison, groups[1], "eval.accuracy"), &comparison.rows[1].cells[0]);
  EXPECT_EQ(cellOf(comparison, groups[1], "none"), nullptr);
}

TEST_F(Choices, GroupsEachColumnOnceForAllMetrics) {
  finish(kScore1, 0.5, 0.6);
  ASSERT_TRUE(store_->runs().remove(kMap2).has_value());
  ComparisonOptions options;
  options.columns = {"loss"};
  options.metrics = {"eval.accuracy", "eval.accuracy"};

  const auto groups = groupsOf(table(options));

  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups[1].name, "map");
  EXPECT_THAT(groups[1].run_ids, ElementsAre(kMap1));  // the other one was removed
}

}  // namespace
}  // namespace retort
