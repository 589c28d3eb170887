#include "core/comparison/curve_band.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

namespace retort {
namespace {

using Curves = std::vector<std::vector<Point>>;

/// Up to five curves over steps from 0 to 19, each with gaps and some values that are not finite.
Curves randomCurves(std::mt19937& random) {
  std::uniform_int_distribution<int> count(0, 5);
  std::uniform_int_distribution<int> kind(0, 9);
  std::normal_distribution<double> value(0, 10);
  Curves curves(static_cast<std::size_t>(count(random)));
  for (std::vector<Point>& curve : curves) {
    for (std::int64_t step = 0; step < 20; ++step) {
      const int what = kind(random);
      if (what < 3) {
        continue;
      }
      curve.push_back({step, what == 3 ? std::nan("") : value(random)});
    }
  }
  return curves;
}

/// Step -> its finite values: the definition, written down once more.
std::map<std::int64_t, std::vector<double>> valuesByStep(const Curves& curves) {
  std::map<std::int64_t, std::vector<double>> steps;
  for (const std::vector<Point>& curve : curves) {
    for (const Point& point : curve) {
      auto& values = steps[point.step];
      if (std::isfinite(point.value)) {
        values.push_back(point.value);
      }
    }
  }
  return steps;
}

class BandProperties : public testing::TestWithParam<unsigned> {
 protected:
  std::mt19937 random_{GetParam()};
};

TEST_P(BandProperties, HaveEachStepOnceInOrder) {
  const Curves curves = randomCurves(random_);
  const auto band = bandOf(curves, Spread::kDeviation);
  const auto steps = valuesByStep(curves);

  ASSERT_EQ(band.size(), steps.size());
  EXPECT_TRUE(std::is_sorted(
      band.begin(), band.end(), [](const auto& a, const auto& b) { return a.step < b.step; }));
}

TEST_P(BandProperties, AreTheSummariesOfTheirSteps) {
  const Curves curves = randomCurves(random_);
  const auto steps = valuesByStep(curves);

  for (const BandPoint& point : bandOf(curves, Spread::kDeviation)) {
    const std::vector<double>& values = steps.at(point.step);
    ASSERT_EQ(point.summary.n, values.size());
    double sum = 0;
    for (const double value : values) {
      sum += value;
    }
    if (!values.empty()) {
      EXPECT_NEAR(*point.summary.mean, sum / static_cast<double>(values.size()), 1e-9);
    }
    EXPECT_EQ(point.spread.has_value(), values.size() >= 2);
  }
}

TEST_P(BandProperties, DoNotDependOnTheOrderOfTheCurves) {
  Curves curves = randomCurves(random_);
  const auto band = bandOf(curves, Spread::kInterval);
  std::reverse(curves.begin(), curves.end());
  const auto reversed = bandOf(curves, Spread::kInterval);

  ASSERT_EQ(reversed.size(), band.size());
  for (std::size_t i = 0; i < band.size(); ++i) {
    EXPECT_EQ(reversed[i].summary.n, band[i].summary.n);
    if (band[i].summary.mean) {
      EXPECT_NEAR(*reversed[i].summary.mean, *band[i].summary.mean, 1e-9);
    }
  }
}

TEST_P(BandProperties, ContainTheirMean) {
  const Curves curves = randomCurves(random_);

  for (const Spread spread : {Spread::kDeviation, Spread::kInterval}) {
    for (const BandPoint& point : bandOf(curves, spread)) {
      if (point.spread) {
        EXPECT_LE(point.spread->low, *point.summary.mean);
        EXPECT_GE(point.spread->high, *point.summary.mean);
      }
    }
  }
}

TEST_P(BandProperties, GrowWithTheConfidence) {
  const Curves curves = randomCurves(random_);
  const auto narrow = bandOf(curves, Spread::kInterval, 0.8);
  const auto wide = bandOf(curves, Spread::kInterval, 0.99);

  ASSERT_EQ(narrow.size(), wide.size());
  for (std::size_t i = 0; i < narrow.size(); ++i) {
    if (narrow[i].spread) {
      EXPECT_LE(wide[i].spread->low, narrow[i].spread->low);
      EXPECT_GE(wide[i].spread->high, narrow[i].spread->high);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, BandProperties, testing::Range(0U, 40U));

}  // namespace
}  // namespace retort
