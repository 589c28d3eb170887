#include "core/cli/views/chart.h"

#include "core/tables/text_width.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace retort::cli {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::vector<Point> curve(const std::vector<double>& values) {
  std::vector<Point> points;
  for (const double value : values) {
    points.push_back({static_cast<std::int64_t>(points.size()), value});
  }
  return points;
}

TEST(ProgressBar, FillsInEighths) {
  EXPECT_EQ(progressBar(0, 4), "    ");
  EXPECT_EQ(progressBar(0.5, 4), "██  ");
  EXPECT_EQ(progressBar(0.53125, 4), "██▏ ");
  EXPECT_EQ(progressBar(1, 4), "████");
}

TEST(ProgressBar, ClampsNonsense) {
  EXPECT_EQ(progressBar(7, 2), "██");
  EXPECT_EQ(progressBar(-1, 2), "  ");
  EXPECT_EQ(progressBar(kNan, 2), "  ");
}

TEST(Sparkline, ScalesFromLeastToGreatest) {
  EXPECT_EQ(sparkline(curve({0, 1, 2, 3, 4, 5, 6, 7}), 8), "▁▂▃▄▅▆▇█");
  EXPECT_EQ(sparkline(curve({5, 5, 5}), 8), "▁▁▁");
  EXPECT_EQ(sparkline({}, 8), "");
}

TEST(Sparkline, KeepsASpikeWhenPointsShareAColumn) {
  std::vector<double> values(1000, 1.0);
  values[503] = 100;

  const std::string line = sparkline(curve(values), 10);

  EXPECT_EQ(line, "▁▁▁▁▁█▁▁▁▁");
}

TEST(Sparkline, MarksWhatIsNotFinite) {
  EXPECT_EQ(sparkline(curve({0, kNan, 1}), 3), "▁×█");
  std::vector<double> values(100, 1.0);
  values[50] = std::numeric_limits<double>::infinity();
  EXPECT_THAT(sparkline(curve(values), 4), testing::HasSubstr("×"));
}

TEST(HeatColor, RunsFromDarkToBrightWithReadableText) {
  EXPECT_EQ(heatColor(0), heatColor(-3));
  EXPECT_EQ(heatColor(1), heatColor(9));
  EXPECT_NE(heatColor(0).background, heatColor(1).background);
  EXPECT_EQ(heatColor(0).foreground, 231);
  EXPECT_EQ(heatColor(1).foreground, 16);
}

TEST(LogFraction, IsLinearInTheLogarithm) {
  EXPECT_DOUBLE_EQ(logFraction(1e-2, 1e-4, 1), 0.5);
  EXPECT_DOUBLE_EQ(logFraction(1e-9, 1e-4, 1), 0);
  EXPECT_DOUBLE_EQ(logFraction(0, 1e-4, 1), 0);
  EXPECT_DOUBLE_EQ(logFraction(1, 1, 1), 0);
}

HeatMap smallMap() {
  return {"gradient norm", {"layer 0", "layer 1"}, {"q", "ffn1"}, {{0.01, kNan}, {1, 0.1}}};
}

TEST(HeatMap, WritesNumbersUnderTheirColumns) {
  const auto lines = renderHeatMap(smallMap(), 80, 10, false);

  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0], "gradient norm  0.010 … 1.0, log scale");
  EXPECT_EQ(lines[1], "              q    ffn1 ");
  EXPECT_EQ(lines[2], "layer 0   0.010         ");
  EXPECT_EQ(lines[3], "layer 1 █   1.0 ▒  0.10 ");
}

TEST(HeatMap, ColoursTheGroundOnTerminals) {
  const auto lines = renderHeatMap(smallMap(), 80, 10, true);

  EXPECT_THAT(lines[3], testing::HasSubstr("\x1b[48;5;227;38;5;16m"));
  EXPECT_THAT(lines[3], testing::HasSubstr("1.0"));
}

TEST(HeatMap, LeavesOutWhatDoesNotFitAndSaysSo) {
  HeatMap map{"t", {}, {"q", "k", "v"}, {}};
  for (int layer = 0; layer < 24; ++layer) {
    map.row_labels.push_back(std::to_string(layer));
    map.values.push_back({1, 2, 3});
  }

  const auto lines = renderHeatMap(map, 20, 8, false);

  ASSERT_EQ(lines.size(), 8U);
  EXPECT_EQ(lines.back(), "… 19 more rows");
  for (const std::string& line : lines) {
    EXPECT_LE(displayWidth(line), 25U);
  }
  EXPECT_THAT(lines[1], testing::Not(testing::HasSubstr("v")));
}

TEST(HeatMap, OfNothingIsNothing) {
  EXPECT_TRUE(renderHeatMap({}, 80, 10, false).empty());
  EXPECT_TRUE(renderHeatMap(smallMap(), 80, 2, false).empty());
}

}  // namespace
}  // namespace retort::cli
