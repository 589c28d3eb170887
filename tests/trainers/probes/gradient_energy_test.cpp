#include "trainers/probes/gradient_energy.h"

#include "tests/trainers/tensor_testing.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace retort::train {
namespace {

std::map<std::string, double> measured(const NamedTensors& parameters,
                                       const std::vector<double>& norms) {
  std::vector<MetricPoint> points;
  gradientEnergyProbe().measure({.parameters = &parameters, .gradient_norms = &norms}, points);
  std::map<std::string, double> values;
  for (const MetricPoint& point : points) {
    const std::string layer = point.series.layer ? std::to_string(*point.series.layer) : "";
    values[point.series.metric + " " + layer + point.series.projection] = point.value;
  }
  return values;
}

TEST(GradientEnergy, IsSquaredScaledAndShared) {
  const NamedTensors parameters = {
      {"model.embed_tokens.weight", randomTensor({5, 2}, 1)},
      {"model.layers.0.self_attn.v_proj.weight", randomTensor({2, 2}, 2)},
      {"model.layers.0.self_attn.v_proj.bias", randomTensor({2}, 3)},
      {"model.layers.1.self_attn.v_proj.weight", randomTensor({2, 2}, 4)},
      {"model.layers.1.mlp.down_proj.weight", randomTensor({4, 4}, 5)},
      {"model.norm.weight", randomTensor({2}, 6)}};

  const auto values = measured(parameters, {10, 3, 7, 4, 5, 6});

  EXPECT_EQ(values.at("grad_norm_squared 0v"), 9);
  EXPECT_EQ(values.at("grad_rms 0v"), 1.5);
  EXPECT_EQ(values.at("grad_norm_squared 1down"), 25);
  EXPECT_EQ(values.at("grad_rms 1down"), 1.25);
  EXPECT_EQ(values.at("grad_norm_squared embeddings"), 100);
  EXPECT_EQ(values.at("grad_share v"), 0.5);  // 9 + 16 of 50: the layers' weights only
  EXPECT_EQ(values.at("grad_share down"), 0.5);
  EXPECT_EQ(values.size(), 10U);
}

TEST(GradientEnergy, HasNoSharesOfNothing) {
  const NamedTensors parameters = {{"model.layers.0.mlp.up_proj.weight", randomTensor({2, 2}, 2)}};

  EXPECT_EQ(measured(parameters, {0}).count("grad_share up"), 0U);
}

}  // namespace
}  // namespace retort::train
