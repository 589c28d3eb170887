#include "gui/models/decimation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

namespace retort::gui {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Column {
  double least = kInfinity;
  double greatest = -kInfinity;
  bool operator==(const Column&) const = default;
};

/// The extremes that are to be seen in each pixel column.
template <class Samples>
std::map<int, Column> columnsOf(const Samples& samples, const DecimationView& view) {
  std::map<int, Column> columns;
  for (const Sample& sample : samples) {
    if (sample.x < view.x_begin || sample.x > view.x_end || !isDrawable(sample.y) ||
        (view.is_log && sample.y <= 0)) {
      continue;
    }
    const double width = (view.x_end - view.x_begin) / view.columns;
    Column& column = columns[static_cast<int>(std::floor((sample.x - view.x_begin) / width))];
    column.least = std::min(column.least, sample.y);
    column.greatest = std::max(column.greatest, sample.y);
  }
  return columns;
}

std::vector<Sample> randomSamples(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> noise;
  std::vector<Sample> samples;
  double x = 0;
  for (std::size_t i = 0; i < count; ++i) {
    x += static_cast<double>(random() % 5) * 0.5;  // some at the same x, some gaps
    double y = noise(random);
    const auto kind = random() % 200;
    y = kind == 0 ? std::nan("") : kind == 1 ? kInfinity : kind == 2 ? -1e308 : y;
    samples.push_back({x, y});
  }
  return samples;
}

TEST(DecimationTest, KeepsTheExtremesOfEveryPixelColumn) {
  for (const std::size_t count : {1u, 2u, 100u, 3000u, 60'000u}) {
    const std::vector<Sample> samples = randomSamples(count, static_cast<unsigned>(count));
    const SeriesData data(samples);
    const double end = samples.back().x + 1;
    for (const bool is_log : {false, true}) {
      for (const DecimationView& view : {DecimationView{-1, end, 800, is_log},
                                         DecimationView{end * 0.3, end * 0.31, 333, is_log},
                                         DecimationView{0, end * 7, 1, is_log}}) {
        const DecimatedCurve curve = decimate(data, view);
        ASSERT_EQ(columnsOf(curve.line, view), columnsOf(samples, view)) << count;
        ASSERT_LE(curve.line.size(), static_cast<std::size_t>(5 * view.columns + 8));
      }
    }
  }
}

TEST(DecimationTest, ShowsASingleSpikeAmongAMillion) {
  SeriesData data;
  for (int i = 0; i < 1'000'000; ++i) {
    data.append({static_cast<double>(i), i == 777'777 ? 1000.0 : 1.0});
  }
  const DecimatedCurve curve = decimate(data, {0, 1e6, 500, false});
  EXPECT_EQ(std::count_if(curve.line.begin(),
                          curve.line.end(),
                          [](const Sample& sample) { return sample.y == 1000; }),
            1);
  EXPECT_LE(curve.line.size(), 2000u);
}

TEST(DecimationTest, MarksWhatALineCannotShow) {
  SeriesData data;
  for (int i = 0; i < 10'000; ++i) {
    data.append({static_cast<double>(i), 1.0});
  }
  data.append({10'000, std::nan("")});
  data.append({10'001, kInfinity});
  data.append({10'002, -kInfinity});
  data.append({10'003, 1e308});
  data.append({10'004, 2.0});
  const DecimatedCurve curve = decimate(data, {0, 10'004, 100, false});
  EXPECT_EQ(curve.nan_x.size(), 1u);
  EXPECT_EQ(curve.above_x.size(), 1u);
  EXPECT_EQ(curve.below_x.size(), 1u);
  EXPECT_TRUE(std::any_of(curve.line.begin(), curve.line.end(), [](const Sample& sample) {
    return std::isnan(sample.y);
  }));
  const DecimatedCurve elsewhere = decimate(data, {0, 9'000, 100, false});
  EXPECT_TRUE(elsewhere.nan_x.empty() && elsewhere.above_x.empty() && elsewhere.below_x.empty());
}

TEST(DecimationTest, BreaksTheLineWhereFewSamplesHaveAGap) {
  const SeriesData data({{0, 1}, {1, std::nan("")}, {2, 3}});
  const DecimatedCurve curve = decimate(data, {0, 2, 1000, false});
  ASSERT_EQ(curve.line.size(), 3u);
  EXPECT_TRUE(std::isnan(curve.line[1].y));
  EXPECT_EQ(curve.nan_x, std::vector<double>{1});
}

TEST(DecimationTest, LogarithmicAxisMarksWhatIsNotPositive) {
  const SeriesData data({{0, 1}, {1, 0}, {2, -3}, {3, 4}});
  const DecimatedCurve curve = decimate(data, {0, 3, 300, true});
  EXPECT_EQ(curve.below_x, (std::vector<double>{1, 2}));
  EXPECT_EQ(
      std::count_if(
          curve.line.begin(), curve.line.end(), [](const Sample& sample) { return sample.y > 0; }),
      2);
}

TEST(DecimationTest, KeepsOneSampleBesideTheView) {
  const SeriesData data({{0, 1}, {10, 2}, {20, 3}, {30, 4}});
  const DecimatedCurve curve = decimate(data, {12, 18, 100, false});
  EXPECT_EQ(curve.line, (std::vector<Sample>{{10, 2}, {20, 3}}));
}

TEST(DecimationTest, ViewsWithoutWidthOrDataAreHarmless) {
  EXPECT_TRUE(decimate(SeriesData(), {0, 1, 100, false}).line.empty());
  const SeriesData data({{1, 1}, {1, 2}, {1, 3}});
  EXPECT_EQ(decimate(data, {1, 1, 100, false}).line.size(), 3u);
}

}  // namespace
}  // namespace retort::gui
