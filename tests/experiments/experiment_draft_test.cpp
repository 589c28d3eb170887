#include "experiments/experiment_draft.h"

#include "tests/experiments/experiment_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::experiments {
namespace {

using ::testing::ElementsAre;

class ExperimentDraftTest : public ExperimentTest {
 protected:
  [[nodiscard]] DraftPlan plan(const std::string& text) const {
    return planDraft(readDraft(text, folder_ / "file.yaml"), retort::testing::sampleCatalogue());
  }

  /// "lr=1e-3 batch=8: 2" (the run's number) or "…: excluded", a row each.
  [[nodiscard]] static std::vector<std::string> rowsOf(const DraftPlan& plan) {
    std::vector<std::string> rows;
    for (const PlannedRun& planned : plan.rows) {
      std::string row;
      for (const auto& [axis, label] : planned.labels) {
        row += axis.substr(axis.rfind('.') + 1) + "=" + label + " ";
      }
      rows.push_back(row + (planned.is_excluded ? "excluded" : std::to_string(*planned.run)));
    }
    return rows;
  }
};

constexpr const char* kGrid =
    "experiment: e\n"
    "base: {phase: finetune, model: {init: random}}\n"
    "grid:\n"
    "  train.epochs: [1, 2]\n"
    "  train.batch: [8, 16]\n";

TEST_F(ExperimentDraftTest, ListsRunsInTheOrderOfTheGrid) {
  const DraftPlan made = plan(kGrid);
  EXPECT_TRUE(made.diagnostics.empty());
  EXPECT_THAT(rowsOf(made),
              ElementsAre("epochs=1 batch=8 0",
                          "epochs=1 batch=16 1",
                          "epochs=2 batch=8 2",
                          "epochs=2 batch=16 3"));
}

TEST_F(ExperimentDraftTest, ListsExcludedCellsWhereTheyWouldBe) {
  const DraftPlan made = plan(std::string(kGrid) + "exclude: [{train.epochs: 1}]\nseeds: 2\n");
  EXPECT_THAT(rowsOf(made),
              ElementsAre("epochs=1 batch=8 excluded",
                          "epochs=1 batch=16 excluded",
                          "epochs=2 batch=8 0",
                          "epochs=2 batch=8 1",
                          "epochs=2 batch=16 2",
                          "epochs=2 batch=16 3"));
}

TEST_F(ExperimentDraftTest, ListsNeededRunsFirstAndIncludedOnesLast) {
  const DraftPlan made = plan(
      "experiment: e\n"
      "base: {phase: kd_qat, model: {teacher: \"${needs.t}\"}}\n"
      "needs: {t: {phase: finetune, model: {init: random}}}\n"
      "grid: {train.epochs: [1]}\n"
      "include: [{train.epochs: 5}]\n");
  EXPECT_EQ(formatDiagnostics(made.diagnostics), "");
  ASSERT_EQ(made.rows.size(), 3U);
  EXPECT_TRUE(made.submission.runs[*made.rows[0].run].membership.is_needed_only);
  EXPECT_TRUE(made.rows[0].labels.empty());
  EXPECT_EQ(made.rows[2].run, 2U);
  EXPECT_FALSE(made.rows[0].is_cell);
  EXPECT_TRUE(made.rows[1].is_cell);
  EXPECT_FALSE(made.rows[2].is_cell);
}

TEST_F(ExperimentDraftTest, ReportsWhatIsWrong) {
  const DraftPlan unknown = plan("experiment: e\nbase: {phase: finetune, train: {epoch: 1}}\n");
  ASSERT_FALSE(unknown.diagnostics.empty());
  EXPECT_EQ(unknown.diagnostics[0].place.line, 2);
  EXPECT_TRUE(unknown.rows.empty());
  EXPECT_FALSE(plan("experiment: [").diagnostics.empty());
  const DraftPlan large = planDraft(readDraft(std::string(kGrid) + "seeds: 1000\n", "f.yaml"),
                                    retort::testing::sampleCatalogue(),
                                    {100});
  EXPECT_FALSE(large.diagnostics.empty());
}

TEST_F(ExperimentDraftTest, SaysWhichTrainerIsMeant) {
  EXPECT_EQ(readDraft("experiment: e\n", "f.yaml").trainer, "retort-train");
  EXPECT_EQ(readDraft("experiment: e\ntrainer: mine\n", "f.yaml").trainer, "mine");
}

TEST_F(ExperimentDraftTest, FindsTheExclusionOfExactlyOneCell) {
  const auto exclusion = [](const std::string& exclude, const std::string& batch) {
    const ExperimentDraft draft = readDraft(kGrid + ("exclude:\n" + exclude), "f.yaml");
    EXPECT_EQ(formatDiagnostics(draft.diagnostics), "");
    return exclusionOf(*draft.document, {{"train.epochs", "1"}, {"train.batch", batch}});
  };
  const std::string first = "  - {train.epochs: 2}\n  - {train.batch: 8, train.epochs: 1}\n";
  EXPECT_EQ(exclusion(first, "8"), 1U);
  EXPECT_EQ(exclusion(first, "16"), std::nullopt);
  EXPECT_EQ(exclusion("  - {train.epochs: 1}\n", "8"), std::nullopt);
  EXPECT_EQ(exclusion("  - {train.epochs: 1, train.batch: [8, 16]}\n", "8"), std::nullopt);
  EXPECT_EQ(exclusion("  - {train.epochs: 1, train.batch: \"8\"}\n", "8"), 0U);
}

}  // namespace
}  // namespace retort::experiments
