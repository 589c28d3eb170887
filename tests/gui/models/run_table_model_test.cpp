#include "gui/models/run_table_model.h"

#include "tests/gui/test_workspace.h"
#include "tests/gui/wait_for.h"

#include <QAbstractItemModelTester>
#include <QColor>
#include <QSignalSpy>

#include <gtest/gtest.h>

#include <fmt/format.h>

namespace retort::gui {
namespace {

constexpr const char* kFirst = "00000000000000aa";
constexpr const char* kSecond = "00000000000000bb";
constexpr const char* kThird = "00000000000000cc";

std::shared_ptr<const RunFactsBook> bookOf(RunFactsById facts) {
  return std::make_shared<const RunFactsBook>(makeFactsBook(std::move(facts)));
}

class RunTable : public testing::Test {
 protected:
  [[nodiscard]] QModelIndex cell(int row, const char* field) const {
    return model_.index(row, model_.columnOf(QString::fromUtf8(field)));
  }

  [[nodiscard]] QString text(int row, const char* field) const {
    return model_.data(cell(row, field), Qt::DisplayRole).toString();
  }

  RunTableModel model_;
  QAbstractItemModelTester tester_{&model_, QAbstractItemModelTester::FailureReportingMode::Fatal};
};

TEST_F(RunTable, IsEmptyAtFirst) {
  EXPECT_EQ(model_.rowCount(), 0);
  EXPECT_EQ(model_.columnOf("name"), 0);
  EXPECT_EQ(model_.columnOf("no such thing"), -1);
  EXPECT_EQ(model_.rowOf(kFirst), -1);
}

TEST_F(RunTable, ShowsOneRowARun) {
  RunRecord run = makeRun(kFirst, "distill=map", RunState::kRunning);
  run.phase = "kd_qat";
  run.step = 30;
  run.total_steps = 120;
  run.priority = -3;
  run.message = "größer";
  run.tags = {"a", "b"};

  model_.setRuns(shareRuns({run, makeRun(kSecond, "", RunState::kFailed)}));

  ASSERT_EQ(model_.rowCount(), 2);
  EXPECT_EQ(text(0, "run"), kFirst);
  EXPECT_EQ(text(0, "name"), "distill=map");
  EXPECT_EQ(text(0, "state"), "running");
  EXPECT_EQ(text(0, "phase"), "kd_qat");
  EXPECT_EQ(text(0, "progress"), "25 %");
  EXPECT_EQ(text(0, "priority"), "-3");
  EXPECT_EQ(text(0, "message"), QStringLiteral("größer"));
  EXPECT_EQ(text(0, "tags"), "a, b");
  EXPECT_EQ(text(1, "state"), "failed");
  EXPECT_EQ(text(1, "progress"), "");
}

TEST_F(RunTable, GivesNumbersForSorting) {
  RunRecord run = makeRun(kFirst, "", RunState::kRunning);
  run.step = 9;
  run.total_steps = 100;
  model_.setRuns(shareRuns({run}));

  const QVariant progress = model_.data(cell(0, "progress"), RunTableModel::kValueRole);

  EXPECT_DOUBLE_EQ(progress.toDouble(), 9.0);
  EXPECT_FALSE(model_.data(cell(0, "left"), RunTableModel::kValueRole).isValid());
}

TEST_F(RunTable, ChangesOnlyTheRowsThatChanged) {
  RunRecord first = makeRun(kFirst, "", RunState::kQueued);
  const RunRecord second = makeRun(kSecond, "", RunState::kQueued);
  model_.setRuns(shareRuns({first, second}));
  const QSignalSpy changes(&model_, &QAbstractItemModel::dataChanged);
  const QSignalSpy resets(&model_, &QAbstractItemModel::modelReset);

  first.state = RunState::kRunning;
  model_.setRuns(shareRuns({first, second}));

  ASSERT_EQ(changes.count(), 1);
  EXPECT_EQ(changes.first().at(0).toModelIndex().row(), 0);
  EXPECT_EQ(resets.count(), 0);
  EXPECT_EQ(text(0, "state"), "running");
}

TEST_F(RunTable, KeepsRowsWhenRunsComeGoAndChangePlaces) {
  const RunRecord first = makeRun(kFirst, "1", RunState::kQueued);
  const RunRecord second = makeRun(kSecond, "2", RunState::kQueued);
  const RunRecord third = makeRun(kThird, "3", RunState::kQueued);
  model_.setRuns(shareRuns({first, second}));
  const QPersistentModelIndex kept(model_.index(1, 0));
  const QSignalSpy resets(&model_, &QAbstractItemModel::modelReset);

  model_.setRuns(shareRuns({third, second}));

  EXPECT_EQ(resets.count(), 0);
  ASSERT_TRUE(kept.isValid());
  EXPECT_EQ(kept.data(RunTableModel::kRunIdRole).toString(), kSecond);
  EXPECT_EQ(model_.rowOf(kFirst), -1);
  EXPECT_EQ(model_.rowOf(kSecond), 0);
  EXPECT_EQ(model_.rowOf(kThird), 1);
}

TEST_F(RunTable, HasColumnsForLabelsThatDifferAndForResults) {
  model_.setRuns(shareRuns(
      {makeRun(kFirst, "", RunState::kFinished), makeRun(kSecond, "", RunState::kFinished)}));
  RunFacts first;
  first.labels = {{"loss", "map"}, {"same", "x"}};
  first.results = {{"eval.accuracy", 0.87654}};
  RunFacts second;
  second.labels = {{"loss", "score"}, {"same", "x"}};

  model_.setFacts(bookOf({{kFirst, first}, {kSecond, second}}));

  EXPECT_EQ(text(0, "loss"), "map");
  EXPECT_EQ(text(1, "loss"), "score");
  EXPECT_EQ(model_.columnOf("same"), -1);
  EXPECT_EQ(text(0, "eval.accuracy"), "0.877");
  EXPECT_EQ(text(1, "eval.accuracy"), "");
}

TEST_F(RunTable, KeepsItsColumnsWhenOnlyNumbersChange) {
  model_.setRuns(shareRuns({makeRun(kFirst, "", RunState::kRunning)}));
  RunFacts facts;
  facts.seconds_left = 75;
  const QSignalSpy resets(&model_, &QAbstractItemModel::modelReset);

  model_.setFacts(bookOf({{kFirst, facts}}));

  EXPECT_EQ(resets.count(), 0);
  EXPECT_EQ(text(0, "left"), "1:15");
}

TEST_F(RunTable, GivesARunItsColour) {
  model_.setRuns(shareRuns({makeRun(kFirst, "", RunState::kQueued)}));

  const QVariant light = model_.data(model_.index(0, 0), Qt::DecorationRole);
  model_.setDark(true);
  const QVariant dark = model_.data(model_.index(0, 0), Qt::DecorationRole);

  EXPECT_TRUE(light.value<QColor>().isValid());
  EXPECT_NE(light.value<QColor>(), dark.value<QColor>());
}

TEST_F(RunTable, AsksForAnotherNoteOrOtherTags) {
  model_.setRuns(shareRuns({makeRun(kFirst, "", RunState::kQueued)}));
  const QSignalSpy edits(&model_, &RunTableModel::edited);

  EXPECT_TRUE(model_.setData(cell(0, "note"), " try again ", Qt::EditRole));
  EXPECT_FALSE(model_.setData(cell(0, "name"), "x", Qt::EditRole));
  EXPECT_TRUE(model_.setData(cell(0, "note"), "", Qt::EditRole));

  ASSERT_EQ(edits.count(), 1);  // the note was empty before
  EXPECT_EQ(edits.first(), (QVariantList{kFirst, "note", "try again"}));
  EXPECT_EQ(text(0, "note"), "");  // until the workspace has it
}

TEST_F(RunTable, U09ShowsHostileNamesLiterally) {
  const std::string name =
      "<b>bold</b> & \"x\" \x1b[31mred \n \xE2\x80\xAE" + std::string(300, 'w');
  model_.setRuns(shareRuns({makeRun(kFirst, name, RunState::kQueued)}));

  const QString tool_tip = model_.data(model_.index(0, 0), Qt::ToolTipRole).toString();

  EXPECT_TRUE(text(0, "name").startsWith("<b>bold</b> & \"x\""));
  EXPECT_FALSE(text(0, "name").contains(QChar(0x1b)));
  EXPECT_FALSE(text(0, "name").contains(QLatin1Char('\n')));
  EXPECT_TRUE(tool_tip.startsWith("&lt;b&gt;"));
}

std::vector<RunRecord> manyRuns(int count) {
  std::vector<RunRecord> runs;
  for (int i = 0; i < count; ++i) {
    runs.push_back(makeRun(fmt::format("{:016x}", i), fmt::format("run {}", i), RunState::kQueued));
  }
  return runs;
}

TEST_F(RunTable, TakesManyChangesInPieceByPiece) {
  const QSignalSpy caught_up(&model_, &RunTableModel::caughtUp);
  auto runs = manyRuns(300);
  model_.setRuns(shareRuns(runs));
  EXPECT_GT(model_.rowCount(), 0);
  EXPECT_LT(model_.rowCount(), 300);
  EXPECT_FALSE(model_.isCaughtUp());
  ASSERT_TRUE(waitFor([this] { return model_.isCaughtUp(); }));
  EXPECT_EQ(caught_up.count(), 1);
  EXPECT_TRUE(caught_up.last().front().toBool());
  EXPECT_EQ(model_.rowCount(), 300);
  EXPECT_EQ(model_.rowOf(runs[299].spec.run_id), 299);

  for (RunRecord& run : runs) {
    run.state = RunState::kFinished;
  }
  model_.setRuns(shareRuns(runs));
  EXPECT_EQ(text(0, "state"), "finished");
  EXPECT_EQ(text(299, "state"), "queued");
  ASSERT_TRUE(waitFor([this] { return model_.isCaughtUp(); }));
  EXPECT_FALSE(caught_up.last().front().toBool());
  EXPECT_EQ(text(299, "state"), "finished");
}

TEST_F(RunTable, RemovesScatteredRunsPieceByPiece) {
  const auto runs = manyRuns(120);
  model_.setRuns(shareRuns(runs));
  ASSERT_TRUE(model_.isCaughtUp());
  std::vector<RunRecord> kept;
  for (std::size_t i = 0; i < runs.size(); i += 2) {
    kept.push_back(runs[i]);
  }
  model_.setRuns(shareRuns(kept));
  EXPECT_GT(model_.rowCount(), 60);
  ASSERT_TRUE(waitFor([this] { return model_.isCaughtUp(); }));
  ASSERT_EQ(model_.rowCount(), 60);
  EXPECT_EQ(text(59, "name"), "run 118");
  EXPECT_EQ(model_.rowOf(kept[30].spec.run_id), 30);
}

}  // namespace
}  // namespace retort::gui
