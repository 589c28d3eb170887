#include "gui/models/check_list_model.h"
#include "gui/models/comparison_factor_model.h"
#include "gui/models/comparison_table_model.h"
#include "tests/core/tables/table_fixture.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>

#include <gtest/gtest.h>

#include <cmath>

namespace retort::gui {
namespace {

constexpr auto kFatal = QAbstractItemModelTester::FailureReportingMode::Fatal;

class TableModel : public testing::Test {
 protected:
  static ComparisonTable table(std::vector<ComparedRun> runs = lossRuns()) {
    return *buildComparison(lossRequest(), runs);
  }

  [[nodiscard]] QVariant at(int row, int column, int role = Qt::DisplayRole) const {
    return model_.data(model_.index(row, column), role);
  }

  [[nodiscard]] ComparisonTableModel::Mark markAt(int row, int column) const {
    return static_cast<ComparisonTableModel::Mark>(
        at(row, column, ComparisonTableModel::kMarkRole).toInt());
  }

  using Mark = ComparisonTableModel::Mark;

  ComparisonTableModel model_;
  QAbstractItemModelTester tester_{&model_, kFatal};
};

TEST_F(TableModel, ShowsTheTextsOfTheLayout) {
  model_.setTable(table());

  ASSERT_EQ(model_.rowCount(), 3);
  ASSERT_EQ(model_.columnCount(), 5);  // loss, n, mean, difference, p
  EXPECT_EQ(at(0, 0).toString(), "score");
  EXPECT_EQ(at(1, 2).toString(), QStringLiteral("0.9450 ± 0.0071"));
  EXPECT_EQ(at(0, 3).toString(), "baseline");
  EXPECT_EQ(model_.headerData(2, Qt::Horizontal, Qt::DisplayRole).toString(), "eval.accuracy");
}

TEST_F(TableModel, MarksTheBestTheBaselineAndWhatIsMissing) {
  model_.setTable(table());

  EXPECT_EQ(markAt(1, 2), Mark::kBest);
  EXPECT_TRUE(at(1, 2, Qt::FontRole).value<QFont>().bold());
  EXPECT_EQ(markAt(0, 3), Mark::kBaseline);
  EXPECT_EQ(markAt(2, 2), Mark::kIncomplete);
  EXPECT_EQ(markAt(0, 0), Mark::kNone);
}

TEST_F(TableModel, SaysWhyACellHasNoValue) {
  std::vector<ComparedRun> runs = lossRuns();
  for (std::size_t i = 4; i < 6; ++i) {
    runs[i].state = i == 4 ? RunState::kFailed : RunState::kRunning;
    runs[i].metrics.clear();
    runs[i].name = "<b>" + std::to_string(i);
  }
  model_.setTable(table(runs));

  EXPECT_EQ(at(2, 2).toString(), "1 failed, 1 running");
  const QString tip = at(2, 2, Qt::ToolTipRole).toString();
  EXPECT_TRUE(tip.contains("&lt;b&gt;4: failed"));  // shown as text, not as markup
}

TEST_F(TableModel, SortsNumbersAsNumbersAndLabelsAsTheGrid) {
  model_.setTable(table());

  EXPECT_DOUBLE_EQ(at(0, 2, ComparisonTableModel::kSortRole).toDouble(), 0.91);
  EXPECT_EQ(at(2, 0, ComparisonTableModel::kSortRole).toInt(), 2);
  EXPECT_TRUE(std::isinf(at(0, 4, ComparisonTableModel::kSortRole).toDouble()));
}

TEST_F(TableModel, KeepsSelectionsWhenOnlyNumbersChange) {
  model_.setTable(table());
  const QSignalSpy resets(&model_, &QAbstractItemModel::modelReset);
  const QSignalSpy changes(&model_, &QAbstractItemModel::dataChanged);
  std::vector<ComparedRun> runs = lossRuns();
  runs[0].metrics["eval.accuracy"] = {0.97, 0.97};

  model_.setTable(table(runs));

  EXPECT_EQ(resets.count(), 0);
  EXPECT_EQ(changes.count(), 1);
  EXPECT_EQ(markAt(0, 2), Mark::kBest);
  model_.setTable({});
  EXPECT_EQ(resets.count(), 1);
  EXPECT_EQ(model_.rowCount(), 0);
}

TEST_F(TableModel, MakesControlCharactersVisible) {
  std::vector<ComparedRun> runs = lossRuns();
  for (ComparedRun& run : runs) {
    if (run.labels["loss"] == "map") {
      run.labels["loss"] = "\x1b[31mred";
    }
  }
  model_.setTable(table(runs));

  EXPECT_FALSE(at(1, 0).toString().contains(QChar(0x1b)));
  EXPECT_TRUE(at(1, 0).toString().contains("red"));
}

class FactorModel : public testing::Test {
 protected:
  FactorModel() {
    model_.setFactors({{"loss", {"score", "map"}, true, false, "score"},
                       {"freeze", {"none", "ov"}, false, false, ""}});
  }

  using Column = ComparisonFactorModel::Column;

  bool set(int row, Column column, const QVariant& value, int role) {
    return model_.setData(model_.index(row, static_cast<int>(column)), value, role);
  }

  ComparisonFactorModel model_;
  QAbstractItemModelTester tester_{&model_, kFatal};
  QSignalSpy edits_{&model_, &ComparisonFactorModel::edited};
};

TEST_F(FactorModel, HasAFactorInRowsOrInColumns) {
  EXPECT_TRUE(set(0, Column::kColumns, Qt::Checked, Qt::CheckStateRole));

  EXPECT_TRUE(model_.factors()[0].is_in_columns);
  EXPECT_FALSE(model_.factors()[0].is_in_rows);
  EXPECT_EQ(edits_.count(), 1);
}

TEST_F(FactorModel, TakesOnlyLabelsThatExistAsBaseline) {
  EXPECT_TRUE(set(1, Column::kBaseline, "ov", Qt::EditRole));
  EXPECT_FALSE(set(1, Column::kBaseline, "nothing", Qt::EditRole));
  EXPECT_TRUE(set(0, Column::kBaseline, "", Qt::EditRole));

  EXPECT_EQ(model_.factors()[1].baseline, "ov");
  EXPECT_EQ(model_.factors()[0].baseline, "");
  EXPECT_EQ(model_.index(1, 3).data(ComparisonFactorModel::kChoicesRole).toStringList(),
            QStringList({"", "none", "ov"}));
}

TEST_F(FactorModel, MovesFactors) {
  EXPECT_TRUE(model_.move(0, 1));
  EXPECT_EQ(model_.factors()[1].name, "loss");
  EXPECT_TRUE(model_.move(1, -1));
  EXPECT_EQ(model_.factors()[0].name, "loss");
  EXPECT_FALSE(model_.move(0, -1));
  EXPECT_FALSE(model_.move(1, 1));
  EXPECT_FALSE(model_.move(-1, 1));
  EXPECT_EQ(edits_.count(), 2);
}

TEST_F(FactorModel, IsQuietWhenTheProgramSetsIt) {
  auto factors = model_.factors();
  factors[1].is_in_columns = true;
  const QSignalSpy resets(&model_, &QAbstractItemModel::modelReset);

  model_.setFactors(factors);

  EXPECT_EQ(edits_.count(), 0);
  EXPECT_EQ(resets.count(), 0);
}

TEST(CheckList, TicksKeepTheirOrderAndUnknownNames) {
  CheckListModel model;
  const QAbstractItemModelTester tester(&model, kFatal);
  model.setNames({"a", "b"}, {"b", "kl[layer=0]"});
  EXPECT_EQ(model.checkedNames(), QStringList({"b", "kl[layer=0]"}));
  const QSignalSpy edits(&model, &CheckListModel::edited);

  model.addChecked("a");
  model.addChecked("new");
  model.setData(model.index(1), Qt::Unchecked, Qt::CheckStateRole);
  model.setData(model.index(1), Qt::Unchecked, Qt::CheckStateRole);

  EXPECT_EQ(model.checkedNames(), QStringList({"a", "kl[layer=0]", "new"}));
  EXPECT_EQ(edits.count(), 3);
}

}  // namespace
}  // namespace retort::gui
