#include "gui/models/series_legend.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>

#include <gtest/gtest.h>

namespace retort::gui {
namespace {

using Mode = QAbstractItemModelTester::FailureReportingMode;

std::vector<LegendEntry> threeEntries() {
  return {{"a", QStringLiteral("<b>one</b>"), Qt::red},
          {"b", QStringLiteral("two"), Qt::blue},
          {"c", QStringLiteral("three"), Qt::green, Qt::DotLine}};
}

TEST(SeriesLegendTest, ListsCurvesAndHidesThem) {
  SeriesLegend legend;
  const QAbstractItemModelTester tester(&legend, Mode::Fatal);
  legend.setEntries(threeEntries());
  ASSERT_EQ(legend.rowCount(), 3);
  EXPECT_EQ(legend.index(0).data().toString(), QStringLiteral("<b>one</b>"));
  EXPECT_EQ(legend.index(2).data(SeriesLegend::kPenRole).toInt(), Qt::DotLine);
  const QSignalSpy spy(&legend, &SeriesLegend::shownChanged);
  EXPECT_TRUE(legend.setData(legend.index(1), Qt::Unchecked, Qt::CheckStateRole));
  EXPECT_FALSE(legend.isShown("b"));
  EXPECT_EQ(spy.count(), 1);
  EXPECT_EQ(legend.index(1).data(Qt::CheckStateRole).toInt(), Qt::Unchecked);
}

TEST(SeriesLegendTest, HiddenCurvesStayHiddenWhileOthersComeAndGo) {
  SeriesLegend legend;
  const QAbstractItemModelTester tester(&legend, Mode::Fatal);
  legend.setEntries(threeEntries());
  legend.setShown("c", false);
  legend.setEntries({{"a", QStringLiteral("one"), Qt::red}});
  legend.setEntries(threeEntries());
  EXPECT_FALSE(legend.isShown("c"));
  legend.showAll();
  EXPECT_TRUE(legend.isShown("c"));
}

TEST(SeriesLegendTest, ShowsOneAloneAndAllAgain) {
  SeriesLegend legend;
  const QAbstractItemModelTester tester(&legend, Mode::Fatal);
  legend.setEntries(threeEntries());
  legend.showOnly(1);
  EXPECT_TRUE(!legend.isShown("a") && legend.isShown("b") && !legend.isShown("c"));
  legend.showOnly(1);
  EXPECT_TRUE(legend.isShown("a") && legend.isShown("b") && legend.isShown("c"));
  legend.showOnly(99);
  EXPECT_TRUE(legend.isShown("a"));
}

}  // namespace
}  // namespace retort::gui
