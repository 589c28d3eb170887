#include "trainers/probes/losses.h"

#include <ATen/ATen.h>

#include <gtest/gtest.h>

namespace retort::train {

namespace {

TEST(LossPoints, GiveComponentsBeforeTheirCoefficientAndTheirLayers) {
  const std::vector<LossComponent> losses = {
      {.name = "logits", .coefficient = 1, .value = at::scalar_tensor(0.5)},
      {.name = "hidden",
       .coefficient = 2,
       .value = at::scalar_tensor(3.0),
       .layers = {{0, at::scalar_tensor(1.0)}, {2, at::scalar_tensor(2.0)}}}};

  const std::vector<MetricPoint> points = lossPoints(losses);

  const std::vector<MetricPoint> expected = {
      {.series = {.metric = "train.loss_component", .component = "logits"}, .value = 0.5},
      {.series = {.metric = "train.loss_component", .component = "hidden"}, .value = 3},
      {.series = {.metric = "train.loss_layer", .layer = 0, .component = "hidden"}, .value = 1},
      {.series = {.metric = "train.loss_layer", .layer = 2, .component = "hidden"}, .value = 2}};
  EXPECT_EQ(points, expected);
}

TEST(LossesProbe, AddsToWhatIsThere) {
  const std::vector<LossComponent> losses = {{.name = "task", .value = at::scalar_tensor(1.0)}};
  std::vector<MetricPoint> points(2);

  lossesProbe().measure({.losses = &losses}, points);

  EXPECT_EQ(points.size(), 3U);
}

}  // namespace

}  // namespace retort::train
