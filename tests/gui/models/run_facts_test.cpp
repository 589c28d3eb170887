#include "gui/models/run_facts.h"

#include "gui/app/sample_workspace.h"
#include "tests/gui/test_workspace.h"

#include <gtest/gtest.h>

namespace retort::gui {
namespace {

class FactsOfASample : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(makeSampleWorkspace(workspace_.folder()));
    store_.emplace(workspace_.create());
    auto runs = store_->runs().list();
    ASSERT_TRUE(runs);
    runs_ = std::move(*runs);
  }

  [[nodiscard]] const RunRecord& firstIn(RunState state) const {
    const auto run = std::ranges::find(runs_, state, &RunRecord::state);
    EXPECT_NE(run, runs_.end());
    return *run;
  }

  TestWorkspace workspace_;
  std::optional<storage::WorkspaceStore> store_;
  std::vector<RunRecord> runs_;
};

TEST_F(FactsOfASample, TellLabelsAndFinalMetrics) {
  const auto facts = loadRunFacts(*store_, runs_, {});

  ASSERT_TRUE(facts);
  const RunFacts& finished = facts->facts.at(firstIn(RunState::kFinished).spec.run_id);
  EXPECT_EQ(finished.experiment, "ternary-attention-losses");
  EXPECT_EQ(finished.labels.front().first, "distill");
  EXPECT_GT(finished.results.at("eval.accuracy"), 0.5);
  EXPECT_FALSE(finished.seconds_left);
}

TEST_F(FactsOfASample, TellTheTimeLeftOfWhatRuns) {
  const auto facts = loadRunFacts(*store_, runs_, {});

  ASSERT_TRUE(facts);
  const RunRecord& run = firstIn(RunState::kRunning);
  const auto left = facts->facts.at(run.spec.run_id).seconds_left;
  ASSERT_TRUE(left);
  EXPECT_NEAR(*left, 0.45 * static_cast<double>(run.total_steps - run.step), 1e-6);
}

TEST_F(FactsOfASample, DoNotReadFinalMetricsTwice) {
  const std::string run_id = firstIn(RunState::kFinished).spec.run_id;
  RunFactsBook known;
  known.facts[run_id].results = {{"known", 1.0}};

  const auto facts = loadRunFacts(*store_, runs_, known);

  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->facts.at(run_id).results, known.facts[run_id].results);
}

TEST_F(FactsOfASample, ReadMembershipsAgainOnlyWhenThereIsAnotherExperiment) {
  const std::string run_id = firstIn(RunState::kFinished).spec.run_id;
  auto known = loadRunFacts(*store_, runs_, {});
  ASSERT_TRUE(known);
  EXPECT_EQ(loadRunFacts(*store_, runs_, *known)->facts, known->facts);
  known->facts[run_id].labels = {{"known", "label"}};

  const auto again = loadRunFacts(*store_, runs_, *known);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->facts.at(run_id).labels, known->facts[run_id].labels);

  ASSERT_TRUE(store_->experiments().remove(known->experiments.front().experiment_id));
  const auto other = loadRunFacts(*store_, runs_, *known);
  ASSERT_TRUE(other);
  EXPECT_NE(other->facts.at(run_id).labels, known->facts[run_id].labels);
}

}  // namespace
}  // namespace retort::gui
