#include "gui/models/smoothing.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace retort::gui {
namespace {

void takeAll(SmoothedSeries& smoothed, const SeriesData& raw) {
  WorkRoom room = WorkRoom::unlimited();
  EXPECT_TRUE(smoothed.update(raw, room));
}

TEST(SmoothingTest, AConstantStaysWhatItIs) {
  SmoothedSeries smoothed(7);
  takeAll(smoothed, SeriesData({{0, 3}, {1, 3}, {100, 3}, {101, 3}}));
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
  takeAll(smoothed, raw);
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
  takeAll(smoothed, raw);
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
  takeAll(smoothed, SeriesData({{0, 2}, {1, std::nan("")}, {2, 1e308}, {3, 2}}));
  const auto& samples = smoothed.data()->samples();
  ASSERT_EQ(samples.size(), 4u);
  EXPECT_TRUE(std::isnan(samples[1].y) && std::isnan(samples[2].y));
  EXPECT_DOUBLE_EQ(samples[3].y, 2);
}

TEST(SmoothingTest, GrowsWithItsCurveAndStartsAgainAfterAClear) {
  SeriesData raw({{0, 1}, {1, 5}});
  SmoothedSeries growing(4);
  takeAll(growing, raw);
  raw.append({2, 9});
  takeAll(growing, raw);
  SmoothedSeries fresh(4);
  takeAll(fresh, raw);
  EXPECT_EQ(growing.data()->samples(), fresh.data()->samples());
  raw.clear();
  raw.append({0, 4});
  raw.append({1, 4});
  raw.append({2, 4});
  takeAll(growing, raw);
  EXPECT_EQ(growing.data()->samples(), (std::vector<Sample>{{0, 4}, {1, 4}, {2, 4}}));
}

TEST(SmoothingTest, GoesPieceByPieceToTheSameCurve) {
  SeriesData raw;
  for (int i = 0; i < 100; ++i) {
    raw.append({static_cast<double>(i), static_cast<double>(i * i % 17)});
  }
  SmoothedSeries whole(6);
  takeAll(whole, raw);
  SmoothedSeries in_pieces(6);
  int pieces = 0;
  bool is_complete = false;
  while (!is_complete) {
    WorkRoom room(40);
    is_complete = in_pieces.update(raw, room);
    ++pieces;
  }
  EXPECT_GT(pieces, 2);
  EXPECT_EQ(in_pieces.data()->samples(), whole.data()->samples());
}

}  // namespace
}  // namespace retort::gui
