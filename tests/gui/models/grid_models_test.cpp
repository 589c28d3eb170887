#include "experiments/yaml_layout.h"
#include "gui/models/axis_text.h"
#include "gui/models/grid_axes.h"
#include "gui/models/grid_preview.h"
#include "gui/models/time_estimate.h"
#include "tests/gui/design_fixture.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::gui {
namespace {

using Mode = QAbstractItemModelTester::FailureReportingMode;

std::shared_ptr<const experiments::DraftPlan> planOf(const std::string& text) {
  auto plan = std::make_shared<const experiments::DraftPlan>(
      experiments::planDraft(*draftOf(text), retort::testing::sampleCatalogue()));
  EXPECT_EQ(experiments::formatDiagnostics(plan->diagnostics), "");
  return plan;
}

TEST(GridAxesModel, ListsAxesWithConditionsAndGroups) {
  GridAxesModel model;
  const QAbstractItemModelTester tester(&model, Mode::Fatal);
  model.setDraft(
      *draftOf("experiment: e\n"
               "grid:\n"
               "  freeze: [none, ov]\n"
               "  train.learning_rate: {range: [1, 3, 1]}\n"
               "  distill: {a: {logits: 1}, b: {logits: 2}}\n"
               "zip:\n"
               "  - {train.batch: [8, 16], train.epochs: [1, 2]}\n"
               "when: {freeze: {distill: a}}\n"));
  ASSERT_EQ(model.rowCount(), 5);
  const auto& rows = model.rows();
  EXPECT_EQ(rows[0].values, "none, ov");
  EXPECT_EQ(rows[0].when, "distill: a");
  EXPECT_EQ(rows[1].values, "range [1, 3, 1]");
  EXPECT_EQ(rows[1].count, 3);
  EXPECT_EQ(rows[2].values, "a, b");
  EXPECT_EQ(rows[3].zip, 1);
  EXPECT_EQ(rows[4].zip, 1);
  model.setDraft(*draftOf(""));
  EXPECT_EQ(model.rowCount(), 0);
}

TEST(GridAxesModel, OffersPresetsOfTheCatalogue) {
  std::vector<std::string> keys;
  for (const AxisPreset& preset : axisPresets(retort::testing::sampleCatalogue())) {
    keys.push_back(preset.key);
    if (preset.key == "freeze") {
      EXPECT_EQ(experiments::flowText(preset.values), "[none, ov]");
    }
  }
  EXPECT_THAT(keys, ::testing::IsSupersetOf({"distill", "freeze", "quant.weight.scheme"}));
}

TEST(AxisText, ReadsAndWritesEveryKind) {
  const auto round = [](const std::string& yaml) {
    const auto node = parseYamlText(QString::fromStdString(yaml));
    EXPECT_TRUE(node) << yaml;
    const auto read = readAxisText(axisText(*node), "a.b", nullptr);
    EXPECT_TRUE(read) << read.error().toStdString();
    return experiments::flowText(read->values);
  };
  EXPECT_EQ(round("[1e-3, 2]"), "[1e-3, 2]");
  EXPECT_EQ(round("{range: [1, 5, 2]}"), "{range: [1, 5, 2]}");
  EXPECT_EQ(round("{log_range: [1e-5, 1e-3, 3]}"), "{log_range: [1e-5, 1e-3, 3]}");
  EXPECT_EQ(round("{one: {x: 1}, two: {x: 2, z: [o, v]}}"),
            "{one: {x: 1}, two: {x: 2, z: [o, v]}}");
  EXPECT_FALSE(readAxisText({AxisText::Kind::kRange, "1, 5, 0"}, "a.b", nullptr));
  EXPECT_FALSE(readAxisText({AxisText::Kind::kNamed, "word"}, "a.b", nullptr));
  const Catalogue catalogue = retort::testing::sampleCatalogue();
  const SettingSpec* epochs = catalogue.findSetting("train.epochs");
  EXPECT_FALSE(readAxisText({AxisText::Kind::kList, "1\n0"}, "train.epochs", epochs));
  EXPECT_EQ(readAxisText({AxisText::Kind::kList, "1\n5"}, "train.epochs", epochs)->count, 2U);
}

TEST(GridPreviewModel, ListsRunsAndExcludedCells) {
  GridPreviewModel model;
  const QAbstractItemModelTester tester(&model, Mode::Fatal);
  const auto plan = planOf(std::string(kSampleText) +
                           "exclude:\n  - {train.learning_rate: 1e-3, train.batch: 16}\n");
  model.setPlan(plan);
  ASSERT_EQ(model.rowCount(), 7);
  EXPECT_EQ(model.columnCount(), 5);
  EXPECT_EQ(model.counts().runs, 6U);
  EXPECT_EQ(model.counts().excluded, 1U);
  EXPECT_EQ(model.index(2, 1).data().toString(), "excluded");
  EXPECT_EQ(model.index(2, 0).data(Qt::CheckStateRole).toInt(), Qt::Unchecked);
  EXPECT_EQ(model.index(0, 2).data().toString(), "1e-3");

  RunRecord done;
  done.spec.run_id = plan->submission.runs[0].spec.run_id;
  done.state = RunState::kFinished;
  model.setRuns(shareRuns({done}));
  EXPECT_EQ(model.counts().done, 1U);
  EXPECT_EQ(model.index(0, 1).data().toString(), "finished");
  EXPECT_EQ(model.runsToDo().size(), 5U);

  QSignalSpy toggled(&model, &GridPreviewModel::toggleRequested);
  EXPECT_TRUE(model.setData(model.index(2, 0), Qt::Checked, Qt::CheckStateRole));
  EXPECT_TRUE(model.setData(model.index(0, 0), Qt::Checked, Qt::CheckStateRole));
  ASSERT_EQ(toggled.size(), 1);
  EXPECT_EQ(toggled[0][0].toInt(), 2);
}

RunRecord pastRun(const SubmittedRun& like, double seconds) {
  RunRecord run;
  run.spec = like.spec;
  run.state = RunState::kFinished;
  run.started_ms = 1000;
  run.ended_ms = 1000 + static_cast<std::int64_t>(seconds * 1000);
  return run;
}

TEST(TimeEstimate, TakesTheMedianOfRunsThatAreAlike) {
  const auto plan = planOf(kSampleText);
  std::vector<const SubmittedRun*> planned;
  for (const SubmittedRun& run : plan->submission.runs) {
    planned.push_back(&run);
  }
  EXPECT_EQ(estimateTime({}, planned).judged, 0U);
  const SubmittedRun& small = *planned.front();
  const TimeEstimate estimate =
      estimateTime({pastRun(small, 1), pastRun(small, 5), pastRun(small, 60)}, planned);
  EXPECT_EQ(estimate.judged, 4U);  // those with the same batch
  EXPECT_DOUBLE_EQ(estimate.seconds, 20);
  RunRecord failed = pastRun(small, 1);
  failed.state = RunState::kFailed;
  EXPECT_EQ(estimateTime({failed}, planned).judged, 0U);
}

}  // namespace
}  // namespace retort::gui
