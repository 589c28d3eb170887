#include "gui/models/text_table_model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>

#include <gtest/gtest.h>

namespace retort::gui {
namespace {

class TextTable : public testing::Test {
 protected:
  TextTableModel model_{{"Name", "Value"}};
  QAbstractItemModelTester tester_{&model_, QAbstractItemModelTester::FailureReportingMode::Fatal};
};

TEST_F(TextTable, ShowsItsRows) {
  model_.setRows({{"a", "1"}, {"b"}});

  EXPECT_EQ(model_.rowCount(), 2);
  EXPECT_EQ(model_.index(0, 1).data().toString(), "1");
  EXPECT_EQ(model_.index(1, 1).data().toString(), "");
  EXPECT_EQ(model_.headerData(1, Qt::Horizontal, Qt::DisplayRole).toString(), "Value");
}

TEST_F(TextTable, OnlyAddsRowsThatFollow) {
  model_.setRows({{"a", "1"}});
  const QSignalSpy resets(&model_, &QAbstractItemModel::modelReset);

  model_.setRows({{"a", "1"}, {"b", "2"}});
  EXPECT_EQ(resets.count(), 0);
  EXPECT_EQ(model_.rowCount(), 2);

  model_.setRows({{"c", "3"}});
  EXPECT_EQ(resets.count(), 1);
  EXPECT_EQ(model_.rowCount(), 1);
}

TEST_F(TextTable, ChangesRowsWhereTheyStand) {
  model_.setRows({{"a", "1"}, {"b", "2"}});
  const QSignalSpy resets(&model_, &QAbstractItemModel::modelReset);
  const QSignalSpy changes(&model_, &QAbstractItemModel::dataChanged);

  model_.setRows({{"a", "1"}, {"b", "3"}});

  EXPECT_EQ(resets.count(), 0);
  ASSERT_EQ(changes.count(), 1);
  EXPECT_EQ(changes.first().at(0).toModelIndex().row(), 1);
  EXPECT_EQ(model_.index(1, 1).data().toString(), "3");
}

TEST_F(TextTable, EscapesToolTips) {
  model_.setRows({{"<b>x</b>", ""}});

  EXPECT_EQ(model_.index(0, 0).data().toString(), "<b>x</b>");
  EXPECT_EQ(model_.index(0, 0).data(Qt::ToolTipRole).toString(), "&lt;b&gt;x&lt;/b&gt;");
}

}  // namespace
}  // namespace retort::gui
