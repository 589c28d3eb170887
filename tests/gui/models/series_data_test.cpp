#include "gui/models/series_data.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace retort::gui {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Values with ties, zeros, negative ones, NaN, infinities and one too large for an axis.
std::vector<Sample> wildSamples(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < count; ++i) {
    const auto kind = random() % 50;
    double y = static_cast<double>(random() % 1000) - 300;
    y = kind == 0 ? std::nan("") : y;
    y = kind == 1 ? kInfinity : y;
    y = kind == 2 ? -kInfinity : y;
    y = kind == 3 ? 1e308 : y;
    samples.push_back({static_cast<double>(i), y});
  }
  return samples;
}

Extent extentByLooking(const std::vector<Sample>& samples, std::size_t begin, std::size_t end) {
  Extent extent;
  for (std::size_t i = begin; i < end; ++i) {
    const double y = samples[i].y;
    const auto index = static_cast<std::uint32_t>(i);
    extent.has_nan |= std::isnan(y);
    extent.has_plus_infinity |= y > kLargestDrawn;
    extent.has_minus_infinity |= y < -kLargestDrawn;
    if (!isDrawable(y)) {
      continue;
    }
    extent.lowest =
        extent.lowest == Extent::kNone || y < samples[extent.lowest].y ? index : extent.lowest;
    extent.highest =
        extent.highest == Extent::kNone || y > samples[extent.highest].y ? index : extent.highest;
    if (y > 0 &&
        (extent.lowest_positive == Extent::kNone || y < samples[extent.lowest_positive].y)) {
      extent.lowest_positive = index;
    }
  }
  return extent;
}

TEST(SeriesDataTest, PyramidAgreesWithLookingAtEverySample) {
  for (const std::size_t count : {1u, 31u, 32u, 33u, 1023u, 1024u, 1025u, 5000u, 40'000u}) {
    const std::vector<Sample> samples = wildSamples(count, static_cast<unsigned>(count));
    const SeriesData data(samples);
    std::mt19937 random(7);
    for (int trial = 0; trial < 200; ++trial) {
      std::size_t begin = random() % (count + 1);
      std::size_t end = random() % (count + 1);
      if (begin > end) {
        std::swap(begin, end);
      }
      ASSERT_EQ(data.extent(begin, end), extentByLooking(samples, begin, end))
          << count << " [" << begin << ", " << end << ")";
    }
    ASSERT_EQ(data.extent(0, count), extentByLooking(samples, 0, count));
  }
}

TEST(SeriesDataTest, ExtentOfNothingIsEmpty) {
  const SeriesData data(wildSamples(100, 1));
  EXPECT_EQ(data.extent(50, 50), Extent());
  EXPECT_EQ(SeriesData().extent(0, 10), Extent());
}

TEST(SeriesDataTest, KeepsItsOrderWhenXStepsBack) {
  SeriesData data;
  data.append({5, 1});
  data.append({3, 2});
  data.append({std::nan(""), 3});
  data.append({6, 4});
  EXPECT_EQ(data.samples(), (std::vector<Sample>{{5, 1}, {5, 2}, {5, 3}, {6, 4}}));
}

TEST(SeriesDataTest, FindsTheNearestAndTheLastSample) {
  SeriesData data;
  data.append(std::vector<Point>{{0, 1.0}, {10, 2.0}, {30, 3.0}});
  EXPECT_EQ(data.nearest(-5)->y, 1);
  EXPECT_EQ(data.nearest(5)->y, 1);
  EXPECT_EQ(data.nearest(6)->y, 2);
  EXPECT_EQ(data.nearest(1000)->y, 3);
  EXPECT_EQ(data.lastUntil(29)->y, 2);
  EXPECT_EQ(data.lastUntil(30)->y, 3);
  EXPECT_FALSE(data.lastUntil(-1));
  EXPECT_FALSE(SeriesData().nearest(0));
}

TEST(SeriesDataTest, ClearStartsANewGeneration) {
  SeriesData data(wildSamples(100, 1));
  const std::int64_t generation = data.generation();
  data.clear();
  EXPECT_TRUE(data.isEmpty());
  EXPECT_NE(data.generation(), generation);
  data.append({1, 2});
  EXPECT_EQ(data.extent(0, 1).lowest, 0u);
}

}  // namespace
}  // namespace retort::gui
