#include "gui/models/smoothing.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace retort::gui {
namespace {

TEST(SmoothingTest, AConstantStaysWhatItIs) {
  SmoothedSeries smoothed(7);
  smoothed.update(SeriesData({{0, 3}, {1, 3}, {100, 3}, {101, 3}}));
  for (const Sample& sample : smoothed.data()->samples()) {
    EXPECT_DOUBLE_EQ(sample.y, 3);
  }
}

TEST(SmoothingTest, AStepIsHalfForgottenAfterOneHalfLife) {
  // 0 for a long time, then 1: after n samples the average is (1 - d^n) with d = 2^(-1/half life).
  SeriesData raw;
  for (int i = -2000; i < 0; ++i) {
    raw.append({static_cast<double>(i), 0});
  }
  for (int i = 0; i < 10; ++i) {
    raw.append({static_cast<double>(i), 1});
  }
  SmoothedSeries smoothed(10);
  smoothed.update(raw);
  EXPECT_NEAR(smoothed.data()->samples().back().y, 0.5, 1e-12);
}

TEST(SmoothingTest, AgreesWithTheFormulaOnUnevenSteps) {
  std::mt19937 random(3);
  SeriesData raw;
  double x = 0;
  for (int i = 0; i < 200; ++i) {
    x += 1 + static_cast<double>(random() % 20);
    raw.append({x, static_cast<double>(random() % 100)});
  }
  SmoothedSeries smoothed(15);
  smoothed.update(raw);
  for (std::size_t n = 0; n < raw.size(); ++n) {
    double sum = 0;
    double weight = 0;
    for (std::size_t i = 0; i <= n; ++i) {
      const double w = std::exp2(-(raw.samples()[n].x - raw.samples()[i].x) / 15);
      sum += w * raw.samples()[i].y;
      weight += w;
    }
    ASSERT_NEAR(smoothed.data()->samples()[n].y, sum / weight, 1e-9);
  }
}

TEST(SmoothingTest, GoesOnAfterWhatIsNotFinite) {
  SmoothedSeries smoothed(5);
  smoothed.update(SeriesData({{0, 2}, {1, std::nan("")}, {2, 1e308}, {3, 2}}));
  const auto& samples = smoothed.data()->samples();
  ASSERT_EQ(samples.size(), 4u);
  EXPECT_TRUE(std::isnan(samples[1].y) && std::isnan(samples[2].y));
  EXPECT_DOUBLE_EQ(samples[3].y, 2);
}

TEST(SmoothingTest, GrowsWithItsCurveAndStartsAgainAfterAClear) {
  SeriesData raw({{0, 1}, {1, 5}});
  SmoothedSeries growing(4);
  growing.update(raw);
  raw.append({2, 9});
  growing.update(raw);
  SmoothedSeries fresh(4);
  fresh.update(raw);
  EXPECT_EQ(growing.data()->samples(), fresh.data()->samples());
  raw.clear();
  raw.append({0, 4});
  raw.append({1, 4});
  raw.append({2, 4});
  growing.update(raw);
  EXPECT_EQ(growing.data()->samples(), (std::vector<Sample>{{0, 4}, {1, 4}, {2, 4}}));
}

}  // namespace
}  // namespace retort::gui
