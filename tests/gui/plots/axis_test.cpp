#include "gui/plots/axis_range.h"
#include "gui/plots/color_map.h"
#include "gui/plots/plot_style.h"
#include "gui/plots/tick_label.h"

#include <QColor>
#include <QDateTime>
#include <QPalette>

#include <gtest/gtest.h>

#include <cmath>

namespace retort::gui {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

AxisRange paddedOf(std::initializer_list<double> values, bool is_log) {
  RangeFinder finder(is_log);
  for (const double value : values) {
    finder.include(value);
  }
  return finder.padded();
}

TEST(AxisRangeTest, LeavesRoomAroundTheValues) {
  EXPECT_EQ(paddedOf({0, 100}, false), (AxisRange{-5, 105}));
  const AxisRange log = paddedOf({1, 1e4}, true);
  EXPECT_NEAR(log.lower, std::pow(10, -0.2), 1e-12);
  EXPECT_NEAR(log.upper, std::pow(10, 4.2), 1e-6);
}

TEST(AxisRangeTest, IsSaneWhateverTheValuesAre) {
  EXPECT_EQ(paddedOf({}, false), (AxisRange{0, 1}));
  EXPECT_EQ(paddedOf({}, true), (AxisRange{0.1, 10}));
  EXPECT_EQ(paddedOf({std::nan(""), kInfinity, -kInfinity, 1e308}, false), (AxisRange{0, 1}));
  EXPECT_EQ(paddedOf({0, -5}, true), (AxisRange{0.1, 10}));
  EXPECT_EQ(paddedOf({0}, false), (AxisRange{-1, 1}));
  EXPECT_EQ(paddedOf({5}, true), (AxisRange{2.5, 10}));
  for (const double value : {-3.0, 1e-8, 1e8, 1e199, -1e199, 1e-300}) {
    for (const bool is_log : {false, true}) {
      const AxisRange range = paddedOf({value}, is_log);
      EXPECT_TRUE(std::isfinite(range.lower) && std::isfinite(range.upper)) << value;
      EXPECT_LT(range.lower, range.upper) << value;
      EXPECT_TRUE(!is_log || range.lower > 0) << value;
    }
  }
}

TEST(AxisRangeTest, MendsWhatAUserMayZoomTo) {
  EXPECT_EQ(saneRange({2, 1}, false), (AxisRange{1, 2}));
  EXPECT_EQ(saneRange({std::nan(""), 1}, false), (AxisRange{0, 1}));
  EXPECT_GT(saneRange({1, 1}, false).size(), 0);
  EXPECT_GT(saneRange({1e8, 1e8 + 1e-12}, false).size(), 1e-4);
  EXPECT_GT(saneRange({-5, 10}, true).lower, 0);
  EXPECT_LT(saneRange({-1e300, 1e300}, false).upper, 1e250);
}

TEST(TickLabelTest, ShowsAsManyDigitsAsTellTicksApart) {
  EXPECT_EQ(tickLabel(0.25, 0.05), QStringLiteral("0.25"));
  EXPECT_EQ(tickLabel(3, 1), QStringLiteral("3"));
  EXPECT_EQ(tickLabel(1.00002, 0.00001), QStringLiteral("1.00002"));
  EXPECT_EQ(tickLabel(1e-17, 0.1), QStringLiteral("0"));
  EXPECT_EQ(tickLabel(-20, 10), QStringLiteral("-20"));
}

TEST(TickLabelTest, HasExponentsFarFromOne) {
  EXPECT_EQ(tickLabel(1e-8, 1e-8), QStringLiteral("1e-8"));
  EXPECT_EQ(tickLabel(2.5e-8, 5e-9), QStringLiteral("2.5e-8"));
  EXPECT_EQ(tickLabel(1e8, 1e8), QStringLiteral("1e8"));
  EXPECT_EQ(tickLabel(-1.5e7, 5e6), QStringLiteral("-1.5e7"));
  EXPECT_EQ(tickLabel(500'000, 100'000), QStringLiteral("500000"));
}

TEST(TickLabelTest, ShortensSteps) {
  EXPECT_EQ(stepLabel(0, 1000), QStringLiteral("0"));
  EXPECT_EQ(stepLabel(500, 100), QStringLiteral("500"));
  EXPECT_EQ(stepLabel(1500, 500), QStringLiteral("1.5k"));
  EXPECT_EQ(stepLabel(20'000, 5'000), QStringLiteral("20k"));
  EXPECT_EQ(stepLabel(1'250'000, 250'000), QStringLiteral("1.25M"));
}

TEST(TickLabelTest, WritesDurationsWithTheirUnit) {
  EXPECT_EQ(durationLabel(0, 1), QStringLiteral("0"));
  EXPECT_EQ(durationLabel(0.5, 0.25), QStringLiteral("0.50 s"));
  EXPECT_EQ(durationLabel(45, 15), QStringLiteral("45 s"));
  EXPECT_EQ(durationLabel(90, 30), QStringLiteral("1:30 min"));
  EXPECT_EQ(durationLabel(3725, 5), QStringLiteral("1:02:05 h"));
  EXPECT_EQ(durationLabel(900, 300), QStringLiteral("15 min"));
  EXPECT_EQ(durationLabel(8100, 900), QStringLiteral("2:15 h"));
  EXPECT_EQ(durationLabel(172'800, 43'200), QStringLiteral("2 d"));
  EXPECT_EQ(durationLabel(-90, 30), QStringLiteral("-1:30 min"));
}

TEST(TickLabelTest, NamesPlacesOnAnyAxisExactly) {
  EXPECT_EQ(axisLabel(1'234'567, AxisKind::kSteps), QStringLiteral("1234567"));
  EXPECT_EQ(axisLabel(12.34, AxisKind::kElapsed), QStringLiteral("12.34 s"));
  EXPECT_EQ(axisLabel(3725, AxisKind::kElapsed), QStringLiteral("1:02:05 h"));
  const QDateTime noon(QDate(2026, 11, 22), QTime(12, 0, 7));
  EXPECT_EQ(axisLabel(static_cast<double>(noon.toSecsSinceEpoch()), AxisKind::kClock),
            QStringLiteral("2026-11-22 12:00:07"));
}

TEST(TickLabelTest, NamesWhatIsNotFinite) {
  EXPECT_EQ(valueLabel(std::nan("")), QStringLiteral("NaN"));
  EXPECT_EQ(valueLabel(-0.0), QStringLiteral("0"));
  EXPECT_EQ(stepLabel(-0.2, 0.1), QStringLiteral("0"));
  EXPECT_EQ(valueLabel(-kInfinity), QStringLiteral("-inf"));
  EXPECT_EQ(valueLabel(0.000123456), QStringLiteral("0.00012346"));
}

TEST(ColorMapTest, SequentialGetsLighterAllTheWay) {
  double last = -1;
  for (int i = 0; i <= 100; ++i) {
    const QColor color(sequentialColor(i / 100.0));
    const double light = 0.2126 * std::pow(color.redF(), 2.2) +
                         0.7152 * std::pow(color.greenF(), 2.2) +
                         0.0722 * std::pow(color.blueF(), 2.2);
    EXPECT_GT(light, last);
    last = light;
  }
  EXPECT_EQ(sequentialColor(-1), sequentialColor(0));
  EXPECT_EQ(sequentialColor(7), sequentialColor(1));
}

TEST(ColorMapTest, DivergingHasItsLightestInTheMiddle) {
  EXPECT_GT(QColor(divergingColor(0.5)).lightness(), QColor(divergingColor(0.2)).lightness());
  EXPECT_GT(QColor(divergingColor(0.5)).lightness(), QColor(divergingColor(0.8)).lightness());
  EXPECT_GT(QColor(divergingColor(0)).blue(), QColor(divergingColor(0)).red());
  EXPECT_GT(QColor(divergingColor(1)).red(), QColor(divergingColor(1)).blue());
}

TEST(PlotStyleTest, FollowsThePaletteButNotOnPaper) {
  QPalette dark;
  dark.setColor(QPalette::Base, Qt::black);
  dark.setColor(QPalette::Text, Qt::white);
  EXPECT_TRUE(screenStyle(dark, {}).is_dark);
  EXPECT_FALSE(screenStyle(QPalette(Qt::white), {}).is_dark);
  const PlotStyle paper = paperStyle({}, 9);
  EXPECT_FALSE(paper.is_dark);
  EXPECT_EQ(paper.background, QColor(Qt::white));
  EXPECT_EQ(paper.font.pixelSize(), 36);
  EXPECT_EQ(seriesColors(1).on(screenStyle(dark, {})), seriesColor(1, true));
}

}  // namespace
}  // namespace retort::gui
