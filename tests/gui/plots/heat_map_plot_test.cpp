#include "gui/plots/heat_map_plot.h"

#include "gui/plots/color_map.h"
#include "tests/gui/plots/plot_test_tools.h"

#include <gtest/gtest.h>

#include <cmath>

namespace retort::gui {
namespace {

HeatMapRow row(const std::string& label, std::vector<Sample> samples) {
  return {label, std::make_shared<const SeriesData>(std::move(samples))};
}

HeatCell cell(double value) {
  return {value, HeatCell::Kind::kValue};
}

TEST(HeatMapPlotTest, LogarithmicColoursRunOverTheDecades) {
  HeatMapPlot plot;
  plot.setMap(makeHeatMap({row("a", {{0, 1e-8}, {1, 1}, {2, 1e8}})}, 10), HeatScale{});
  EXPECT_EQ(plot.colorRange(), (HeatRange{1e-8, 1e8}));
  EXPECT_EQ(plot.colorOf(cell(1e-8)), sequentialColor(0));
  EXPECT_EQ(plot.colorOf(cell(1)), sequentialColor(0.5));
  EXPECT_EQ(plot.colorOf(cell(1e8)), sequentialColor(1));
  EXPECT_EQ(plot.colorOf(cell(0)), sequentialColor(0));
  EXPECT_EQ(qAlpha(plot.colorOf(HeatCell())), 0);
  EXPECT_EQ(plot.colorOf({std::nan(""), HeatCell::Kind::kNotFinite}), kNotFiniteColor);
}

TEST(HeatMapPlotTest, DifferencesAreSymmetric) {
  HeatMapPlot plot;
  HeatScale scale;
  scale.is_difference = true;
  plot.setMap(makeHeatMap({row("a", {{0, -1}, {1, 3}})}, 10), scale);
  EXPECT_EQ(plot.colorRange(), (HeatRange{-3, 3}));
  EXPECT_EQ(plot.colorOf(cell(0)), divergingColor(0.5));
}

TEST(HeatMapPlotTest, ShowsItsCells) {
  HeatMapPlot plot;
  plot.setMap(makeHeatMap({row("top", {{0, 1}, {1, 1}}), row("bottom", {{0, 100}, {1, 100}})}, 10),
              HeatScale{});
  const QImage image = pictureOf(plot);
  EXPECT_GT(countPixels(image, QColor(sequentialColor(0))), 5000);
  EXPECT_GT(countPixels(image, QColor(sequentialColor(1))), 5000);
}

TEST(HeatMapPlotTest, ReadsTheCellUnderThePointer) {
  HeatMapPlot plot;
  plot.setMap(makeHeatMap({row("a", {{0, 1}, {10, 2}}), row("b", {{0, 3}})}, 10), HeatScale{});
  const auto entry = plot.readOutAt(9, 0.2);
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->name, QStringLiteral("a"));
  EXPECT_EQ(entry->x, 10);
  EXPECT_EQ(entry->y, 2);
  EXPECT_FALSE(plot.readOutAt(9, 5));
  EXPECT_FALSE(plot.readOutAt(-100, 0));
  EXPECT_TRUE(std::isnan(plot.readOutAt(9, 1)->y));
}

TEST(HeatMapPlotTest, EmptyAndUnusualMapsAreHarmless) {
  HeatMapPlot plot;
  pictureOf(plot);
  plot.setMap({}, HeatScale{});
  pictureOf(plot);
  plot.setMap(makeHeatMap({row("a", {{5, std::nan("")}})}, 10), HeatScale{});
  pictureOf(plot);
  plot.setMap(makeHeatMap({row("a", {{5, 0}, {6, -1}})}, 10), HeatScale{});
  pictureOf(plot);
  plot.setMap(makeHeatMap({row(std::string(300, 'x'), {{5, 1e-300}, {6, 1e199}})}, 10),
              HeatScale{});
  for (const QSize& size : {QSize(1, 1), QSize(640, 400), QSize(3840, 2160)}) {
    pictureOf(plot, size);
  }
  EXPECT_GT(plot.colorRange().lower, 0);
}

}  // namespace
}  // namespace retort::gui
