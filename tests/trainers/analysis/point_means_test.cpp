#include "trainers/analysis/point_means.h"

#include <gtest/gtest.h>

#include <limits>

namespace retort::train {
namespace {

TEST(PointMeans, WeighBatchesByTheirRows) {
  const SeriesKey first{.metric = "b", .layer = 0, .head = 2};
  const SeriesKey second{.metric = "a", .component = "x"};
  PointMeans means;
  means.add({{.series = first, .value = 1}, {.series = second, .value = 5}}, 3);
  means.add({{.series = first, .value = 9}}, 1);

  const std::vector<MetricPoint> result = means.means();

  ASSERT_EQ(result.size(), 2U);
  EXPECT_EQ(result[0], (MetricPoint{.series = first, .value = 3}));
  EXPECT_EQ(result[1], (MetricPoint{.series = second, .value = 5}));
}

TEST(PointMeans, TellEveryBatch) {
  const SeriesKey series{.metric = "m", .layer = 1, .projection = "q"};
  PointMeans means;
  means.add({{.series = series, .value = 4}}, 2);
  means.add({{.series = series, .value = -2}}, 2);

  const Json json = means.toJson(means.means());

  EXPECT_EQ(json, Json::parse(R"([{"metric": "m", "layer": 1, "projection": "q", "mean": 1.0,
                             "minimum": -2.0, "maximum": 4.0, "values": [4.0, -2.0]}])"));
}

TEST(PointMeans, WriteWhatIsNotFiniteAsWords) {
  PointMeans means;
  means.add({{.series = {.metric = "m"}, .value = std::numeric_limits<double>::infinity()}}, 1);

  const Json json = means.toJson(means.means());

  EXPECT_EQ(json.at(0).at("mean"), "Infinity");
  EXPECT_EQ(json.at(0).at("values").at(0), "Infinity");
  EXPECT_FALSE(json.at(0).contains("layer"));
}

}  // namespace
}  // namespace retort::train
