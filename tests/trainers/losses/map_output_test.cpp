#include "trainers/losses/map_output.h"

#include "tests/trainers/losses/loss_testing.h"
#include "tests/trainers/tensor_testing.h"
#include "trainers/losses/attention_map.h"
#include "trainers/losses/attention_output.h"

#include <ATen/core/grad_mode.h>

#include <gtest/gtest.h>

#include <cmath>

namespace retort::train {
namespace {

class MapOutputTest : public testing::Test {
 protected:
  MapOutputTest() {
    for (std::uint64_t layer = 0; layer < 2; ++layer) {
      student_.prob.push_back(randomTensor({2, 2, 3, 3}, 90 + layer).softmax(-1));
      teacher_.prob.push_back(randomTensor({2, 2, 3, 3}, 92 + layer).softmax(-1));
      student_.output.push_back(randomTensor({2, 3, 4}, 94 + layer));
      teacher_.output.push_back(randomTensor({2, 3, 4}, 96 + layer));
    }
    batch_.lengths = tensorOf({3, 2}, at::kLong);
  }

  [[nodiscard]] LossInput input() const { return {student_, teacher_, batch_}; }

  [[nodiscard]] double term(const LossDefinition& loss, std::size_t layer) const {
    return termsOf(loss, input()).at(layer).value.item<double>();
  }

  /// The terms of the unified loss.
  [[nodiscard]] std::vector<double> mixed(const SettingValues& settings) const {
    std::vector<double> values;
    for (const LossTerm& term : termsOf(mapOutputLoss(), input(), settings)) {
      values.push_back(term.value.item<double>());
    }
    return values;
  }

  /// w_m map + w_o output of a layer.
  [[nodiscard]] double sum(double map, double output, std::size_t layer) const {
    return map * term(attentionMapLoss(), layer) + output * term(attentionOutputLoss(), layer);
  }

  ModelTrace student_;
  ModelTrace teacher_;
  TokenBatch batch_;
};

TEST_F(MapOutputTest, MixesByGamma) {
  const auto values = mixed({{"distill.map_output.gamma", 0.3}});

  ASSERT_EQ(values.size(), 2U);
  EXPECT_NEAR(values[0], sum(0.3, 0.7, 0), 1e-14);
  EXPECT_NEAR(values[1], sum(0.3, 0.7, 1), 1e-14);
}

TEST_F(MapOutputTest, MixesByTheCodesTwoCoefficients) {
  const auto values = mixed({{"distill.map_output.mixing", "coefficients"},
                             {"distill.map_output.map_coefficient", 1.0},
                             {"distill.map_output.output_coefficient", 0.1}});

  EXPECT_NEAR(values.at(1), sum(1, 0.1, 1), 1e-14);
}

TEST_F(MapOutputTest, LooksAtTheSelectedLayersOnly) {
  const auto terms = mapOutputLoss().make({.settings = {}}).terms(input(), {{"1"}, 2, "layers"});

  ASSERT_EQ(terms.size(), 1U);
  EXPECT_EQ(terms[0].layer, 1);
  EXPECT_NEAR(terms[0].value.item<double>(), sum(0.5, 0.5, 1), 1e-14);
}

class LearnedMixTest : public MapOutputTest {
 protected:
  LearnedMixTest()
      : loss_(mapOutputLoss().make({.settings = settings_, .layers = 2, .dtype = at::kDouble})) {}

  [[nodiscard]] at::Tensor mix() const { return loss_.parameters.at(0).tensor; }

  void setMix(const at::Tensor& value) const {
    const at::NoGradGuard no_grad;
    mix().copy_(value);
  }

  SettingValues settings_ = {{"distill.map_output.mixing", "learned"},
                             {"distill.map_output.temperature", 2.0}};
  Loss loss_;
};

TEST_F(LearnedMixTest, StartsInTheMiddle) {
  ASSERT_EQ(loss_.parameters.size(), 1U);
  EXPECT_EQ(loss_.parameters[0].name, "distill.map_output.mix");
  EXPECT_TRUE(mix().requires_grad());
  EXPECT_NEAR(loss_.terms(input(), {}).at(0).value.item<double>(), sum(0.5, 0.5, 0), 1e-14);
}

TEST_F(LearnedMixTest, WeighsEachLayerBySoftmax) {
  // At temperature 2, (2 ln 3, 0) gives 3/4 and 1/4.
  setMix(tensorOf({{0.0, 0.0}, {2 * std::log(3.0), 0.0}}));

  const auto terms = loss_.terms(input(), {});

  EXPECT_NEAR(terms.at(0).value.item<double>(), sum(0.5, 0.5, 0), 1e-14);
  EXPECT_NEAR(terms.at(1).value.item<double>(), sum(0.75, 0.25, 1), 1e-14);
}

TEST_F(LearnedMixTest, IsLearned) {
  loss_.terms(input(), {}).at(1).value.backward();

  // d/dc of softmax(c / 2) at equal weights: 1/8 for its own number, -1/8 for the other.
  const double difference = sum(1, -1, 1) / 8;
  const at::Tensor expected = tensorOf({{0.0, 0.0}, {difference, -difference}});
  EXPECT_LT(largestDifference(mix().grad(), expected), 1e-14);
}

}  // namespace
}  // namespace retort::train
