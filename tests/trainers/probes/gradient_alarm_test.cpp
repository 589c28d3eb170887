#include "trainers/probes/gradient_alarm.h"

#include "tests/trainers/tensor_testing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

namespace retort::train {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// The probe over a run: what it remembers goes from one step to the next.
class GradientAlarm : public testing::Test {
 protected:
  /// Norms of layer 0's o and v, and of layer 1's o.
  std::map<std::string, double> measure(double o, double v, double other_o) {
    const NamedTensors parameters = {
        {"model.layers.0.self_attn.o_proj.weight", randomTensor({2, 2}, 1)},
        {"model.layers.0.self_attn.v_proj.weight", randomTensor({2, 2}, 2)},
        {"model.layers.1.self_attn.o_proj.weight", randomTensor({2, 2}, 3)},
        {"model.layers.1.input_layernorm.weight", randomTensor({2}, 4)}};
    const std::vector<double> norms = {o, v, other_o, 0};
    warnings_.clear();
    std::vector<MetricPoint> points;
    gradientAlarmProbe().measure({.parameters = &parameters,
                                  .gradient_norms = &norms,
                                  .settings = &settings_,
                                  .memory = &memory_,
                                  .warn =
                                      [this](const std::string& message) {
                                        warnings_.push_back(message);
                                      }},
                                 points);
    std::map<std::string, double> values;
    for (const MetricPoint& point : points) {
      const std::string layer = point.series.layer ? std::to_string(*point.series.layer) : "";
      values[point.series.metric + " " + layer + point.series.projection] = point.value;
    }
    return values;
  }

  SettingValues settings_ = {{"probe.gradient_alarm.window", 3},
                             {"probe.gradient_alarm.band", 4.0}};
  std::map<std::string, at::Tensor> memory_;
  std::vector<std::string> warnings_;
};

TEST_F(GradientAlarm, SpikesAreTimesTheMedianOfTheNormsBefore) {
  EXPECT_EQ(measure(2, 1, 1).at("grad_spike 0o"), 1);  // nothing before
  EXPECT_EQ(measure(4, 1, 1).at("grad_spike 0o"), 2);  // over 2
  EXPECT_EQ(measure(9, 1, 1).at("grad_spike 0o"), 3);  // over (2 + 4) / 2

  const auto values = measure(12, 1, 1);  // over the median of 2, 4, 9

  EXPECT_EQ(values.at("grad_spike 0o"), 3);
  EXPECT_EQ(values.at("grad_spike 1o"), 1);
  EXPECT_EQ(values.at("grad_spike_max 0o"), 12.0 / 9);  // of 4, 9, 12
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(GradientAlarm, WarnsOnceWhenANormLeavesTheBandAndAgainAfterItsReturn) {
  for (int step = 0; step < 3; ++step) {
    measure(1, 1, 1);
  }
  EXPECT_THAT(warnings_, IsEmpty());

  auto values = measure(1, 5, 1);
  EXPECT_THAT(warnings_,
              ElementsAre(AllOf(HasSubstr("layer 0, v is 5, 5 times the median 1"),
                                HasSubstr("last 3 measurements"))));
  EXPECT_EQ(values.at("grad_alarms 0v"), 1);
  EXPECT_EQ(values.at("grad_alarms 0o"), 0);

  values = measure(1, 6, 1);  // of 1, 1, 5: still outside
  EXPECT_THAT(warnings_, IsEmpty());
  values = measure(1, 6, 1);  // of 1, 5, 6: inside
  EXPECT_EQ(values.at("grad_alarms 0v"), 1);
  measure(1, 1, 1);  // of 5, 6, 6: 1 is below 6 / 4
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("layer 0, v is 1, 0.167 times the median 6")));
}

TEST_F(GradientAlarm, AllGradientsTogetherHaveABandToo) {
  for (int step = 0; step < 3; ++step) {
    EXPECT_NEAR(measure(2, 3, 6).at("grad_spike "), 1, 1e-15);  // sqrt(4 + 9 + 36) = 7
  }

  EXPECT_NEAR(measure(20, 30, 60).at("grad_spike "), 10, 1e-13);
  EXPECT_THAT(warnings_,
              testing::Contains(HasSubstr("all gradients is 70, 10 times the median 7")));
}

TEST_F(GradientAlarm, WatchesProjectionsOfAllLayersTogether) {
  settings_["probe.gradient_alarm.of"] = "projection";
  for (int step = 0; step < 3; ++step) {
    measure(3, 1, 4);
  }

  const auto values = measure(30, 1, 40);

  EXPECT_NEAR(values.at("grad_spike o"), 10, 1e-13);
  EXPECT_EQ(values.count("grad_spike 0o"), 0U);
  EXPECT_THAT(warnings_, testing::Contains(HasSubstr("norm of o is 50")));
}

TEST_F(GradientAlarm, GoesOnFromWhatACheckpointKept) {
  for (int step = 0; step < 4; ++step) {
    measure(1 + step, 1, 1);
  }
  const std::map<std::string, at::Tensor> kept = memory_;
  const auto values = measure(50, 1, 1);

  memory_ = kept;
  for (auto& [name, tensor] : memory_) {
    tensor = tensor.clone();
  }

  EXPECT_EQ(measure(50, 1, 1), values);
  EXPECT_EQ(warnings_.size(), 2U);  // and all gradients
}

}  // namespace
}  // namespace retort::train
