#include "gui/models/run_table_model.h"

#include "tests/gui/test_workspace.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>

#include <gtest/gtest.h>

namespace retort::gui {
namespace {

class RunTable : public testing::Test {
 protected:
  [[nodiscard]] QString text(int row, RunTableModel::Column column) const {
    return model_.data(model_.index(row, static_cast<int>(column)), Qt::DisplayRole).toString();
  }

  RunTableModel model_;
  QAbstractItemModelTester tester_{&model_, QAbstractItemModelTester::FailureReportingMode::Fatal};
};

TEST_F(RunTable, IsEmptyAtFirst) {
  EXPECT_EQ(model_.rowCount(), 0);
  EXPECT_EQ(model_.columnCount(), RunTableModel::kColumnCount);
}

TEST_F(RunTable, ShowsOneRowARun) {
  RunRecord run = makeRun("00000000000000aa", "distill=map", RunState::kRunning);
  run.phase = "kd_qat";
  run.step = 30;
  run.total_steps = 120;
  run.message = "größer";

  model_.setRuns({run, makeRun("00000000000000bb", "", RunState::kFailed)});

  ASSERT_EQ(model_.rowCount(), 2);
  EXPECT_EQ(text(0, RunTableModel::Column::kRun), "00000000000000aa");
  EXPECT_EQ(text(0, RunTableModel::Column::kName), "distill=map");
  EXPECT_EQ(text(0, RunTableModel::Column::kState), "running");
  EXPECT_EQ(text(0, RunTableModel::Column::kPhase), "kd_qat");
  EXPECT_EQ(text(0, RunTableModel::Column::kProgress), "25 %");
  EXPECT_EQ(text(0, RunTableModel::Column::kMessage), QStringLiteral("größer"));
  EXPECT_EQ(text(1, RunTableModel::Column::kState), "failed");
  EXPECT_EQ(text(1, RunTableModel::Column::kProgress), "");
}

TEST_F(RunTable, NamesItsColumns) {
  EXPECT_EQ(model_.headerData(0, Qt::Horizontal, Qt::DisplayRole).toString(), "Run");
  EXPECT_EQ(model_.headerData(5, Qt::Horizontal, Qt::DisplayRole).toString(), "Message");
  EXPECT_FALSE(model_.headerData(6, Qt::Horizontal, Qt::DisplayRole).isValid());
}

TEST_F(RunTable, SortsProgressAsNumber) {
  RunRecord run = makeRun("00000000000000aa", "", RunState::kRunning);
  run.step = 9;
  run.total_steps = 100;
  model_.setRuns({run});

  const QModelIndex progress = model_.index(0, static_cast<int>(RunTableModel::Column::kProgress));

  EXPECT_DOUBLE_EQ(model_.data(progress, RunTableModel::kSortRole).toDouble(), 9.0);
}

TEST_F(RunTable, ChangesOnlyTheRowsThatChanged) {
  RunRecord first = makeRun("00000000000000aa", "", RunState::kQueued);
  const RunRecord second = makeRun("00000000000000bb", "", RunState::kQueued);
  model_.setRuns({first, second});
  const QSignalSpy changes(&model_, &QAbstractItemModel::dataChanged);
  const QSignalSpy resets(&model_, &QAbstractItemModel::modelReset);

  first.state = RunState::kRunning;
  model_.setRuns({first, second});

  ASSERT_EQ(changes.count(), 1);
  EXPECT_EQ(changes.first().at(0).toModelIndex().row(), 0);
  EXPECT_EQ(resets.count(), 0);
  EXPECT_EQ(text(0, RunTableModel::Column::kState), "running");
}

TEST_F(RunTable, StartsAnewWhenTheRunsAreOthers) {
  model_.setRuns({makeRun("00000000000000aa", "", RunState::kQueued)});
  const QSignalSpy resets(&model_, &QAbstractItemModel::modelReset);

  model_.setRuns({makeRun("00000000000000bb", "", RunState::kQueued)});

  EXPECT_EQ(resets.count(), 1);
  EXPECT_EQ(model_.runAt(0).spec.run_id, "00000000000000bb");
}

}  // namespace
}  // namespace retort::gui
