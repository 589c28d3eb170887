#include "trainers/probes/losses.h"

#include "trainers/losses/map_output.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <gtest/gtest.h>

#include <cmath>

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

/// The map_output loss with a learned mix of temperature 2.
Loss learnedMix() {
  const SettingValues settings = {{"distill.map_output.mixing", "learned"},
                                  {"distill.map_output.temperature", 2.0}};
  return mapOutputLoss().make({.settings = settings, .layers = 3, .dtype = at::kDouble});
}

TEST(LossPoints, GiveTheLearnedMixOfTheLayersThatCount) {
  const Loss loss = learnedMix();
  {
    const at::NoGradGuard no_grad;
    loss.parameters.at(0).tensor[2][0] = 2 * std::log(3.0);  // exp(c / t): 3 to 1
  }
  const LayerSelection layers({"0", "2"}, 3, "distill.map_output.layers");

  const std::vector<MetricPoint> points =
      lossPoints({{.name = "map_output", .value = at::scalar_tensor(1.0), .learned = [&] {
                     return loss.learned(layers);
                   }}});

  const auto series = [](int layer, const char* part) {
    return SeriesKey{.metric = "train.loss_weight",
                     .layer = layer,
                     .component = std::string("map_output.") + part};
  };
  ASSERT_EQ(points.size(), 5U);  // one of them is the loss
  EXPECT_EQ(points[1].series, series(0, "map"));
  EXPECT_EQ(points[1].value, 0.5);
  EXPECT_EQ(points[2].value, 0.5);
  EXPECT_EQ(points[3].series, series(2, "map"));
  EXPECT_NEAR(points[3].value, 0.75, 1e-15);
  EXPECT_EQ(points[4].series, series(2, "output"));
  EXPECT_NEAR(points[4].value, 0.25, 1e-15);
}

TEST(LossPoints, HaveNoWeightsWhereTheMixIsGiven) {
  const SettingValues settings;

  EXPECT_FALSE(mapOutputLoss().make({.settings = settings, .layers = 3}).learned);
}

TEST(LossesProbe, AddsToWhatIsThere) {
  const std::vector<LossComponent> losses = {{.name = "task", .value = at::scalar_tensor(1.0)}};
  std::vector<MetricPoint> points(2);

  lossesProbe().measure({.losses = &losses}, points);

  EXPECT_EQ(points.size(), 3U);
}

}  // namespace

}  // namespace retort::train
