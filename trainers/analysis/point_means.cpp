#include "trainers/analysis/point_means.h"

#include "trainers/training/loop_state.h"

#include <algorithm>

namespace retort::train {

namespace {

Json seriesJson(const SeriesKey& series) {
  Json json = {{"metric", series.metric}};
  if (series.layer) {
    json["layer"] = *series.layer;
  }
  if (series.head) {
    json["head"] = *series.head;
  }
  if (!series.projection.empty()) {
    json["projection"] = series.projection;
  }
  if (!series.component.empty()) {
    json["component"] = series.component;
  }
  return json;
}

}  // namespace

void PointMeans::add(const std::vector<MetricPoint>& points, double rows) {
  for (const MetricPoint& point : points) {
    const auto [entry, is_new] = series_.try_emplace(point.series);
    if (is_new) {
      order_.push_back(point.series);
    }
    entry->second.weighted_sum += rows * point.value;
    entry->second.rows += rows;
    entry->second.values.push_back(point.value);
  }
}

std::vector<MetricPoint> PointMeans::means() const {
  std::vector<MetricPoint> means;
  for (const SeriesKey& series : order_) {
    const Values& values = series_.at(series);
    means.push_back({.series = series, .value = values.weighted_sum / values.rows});
  }
  return means;
}

Json PointMeans::toJson(const std::vector<MetricPoint>& means) const {
  Json points = Json::array();
  for (const MetricPoint& mean : means) {
    const std::vector<double>& values = series_.at(mean.series).values;
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    Json json = seriesJson(mean.series);
    json["mean"] = numberToJson(mean.value);
    json["minimum"] = numberToJson(*low);
    json["maximum"] = numberToJson(*high);
    json["values"] = Json::array();
    for (const double value : values) {
      json["values"].push_back(numberToJson(value));
    }
    points.push_back(std::move(json));
  }
  return points;
}

}  // namespace retort::train
