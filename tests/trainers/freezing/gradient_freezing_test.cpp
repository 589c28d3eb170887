#include "trainers/freezing/gradient_freezing.h"

#include "tests/trainers/tensor_testing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>

namespace retort::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Two layers' W_O with a bias in the first, W_V of the first, and a norm.
NamedTensors parametersWithGradients() {
  NamedTensors parameters = {{"transformer.h.0.attn.c_proj.weight", randomTensor({2, 3}, 1)},
                             {"transformer.h.0.attn.c_proj.bias", randomTensor({2}, 2)},
                             {"transformer.h.0.attn.v_proj.weight", randomTensor({2, 3}, 3)},
                             {"transformer.h.1.attn.c_proj.weight", randomTensor({4, 3}, 4)},
                             {"transformer.h.0.ln_1.weight", randomTensor({2}, 5)},
                             {"transformer.wte.weight", randomTensor({5, 2}, 6)}};
  return parameters;
}

class GradientFreezingTest : public testing::Test {
 protected:
  explicit GradientFreezingTest(const std::string& group = "weight")
      : settings_(
            {.rule = "gradient_norm", .group = group, .window = 3, .band = 2, .patience = 2}) {
    restart();
  }

  void restart() { freezing_ = std::make_unique<GradientFreezing>(settings_, parameters_); }

  /// The names that lose their gradients at an update with these norms of W_O, W_V, W_O.
  std::vector<std::string> frozenAt(double o, double v, double other_o) {
    for (const NamedTensor& parameter : parameters_) {
      parameter.tensor.mutable_grad() = parameter.tensor.clone();
    }
    freezing_->beforeUpdate({o, 100, v, other_o, 100, 100});
    std::vector<std::string> frozen;
    for (const NamedTensor& parameter : parameters_) {
      if (!parameter.tensor.grad().defined()) {
        frozen.push_back(parameter.name);
      }
    }
    return frozen;
  }

  [[nodiscard]] std::map<std::string, double> shares() const {
    std::map<std::string, double> values;
    for (const MetricPoint& point : freezing_->points()) {
      const std::string layer = point.series.layer ? std::to_string(*point.series.layer) : "";
      values[layer + point.series.projection] = point.value;
    }
    return values;
  }

  SignalFreezeSettings settings_;
  NamedTensors parameters_ = parametersWithGradients();
  std::unique_ptr<GradientFreezing> freezing_;
};

TEST_F(GradientFreezingTest, FreezesWeightAndBiasAfterEnoughUpdatesInARow) {
  for (int step = 0; step < 3; ++step) {
    EXPECT_THAT(frozenAt(1, 1, 1), IsEmpty());
  }
  EXPECT_THAT(frozenAt(5, 1, 1), IsEmpty());  // the first above 2 x median(1, 1, 1)

  // The second, above 2 x median(1, 1, 5).
  EXPECT_THAT(
      frozenAt(5, 1, 1),
      ElementsAre("transformer.h.0.attn.c_proj.weight", "transformer.h.0.attn.c_proj.bias"));

  EXPECT_THAT(
      freezing_->takeNews(),
      ElementsAre(HasSubstr("layer 0, o is frozen: its gradient norm 5 was number 2 in a row")));
  EXPECT_THAT(freezing_->takeNews(), IsEmpty());
  EXPECT_EQ(frozenAt(0.1, 1, 1).size(), 2U);  // for good
}

TEST_F(GradientFreezingTest, OneQuietUpdateStartsTheCountAgain) {
  for (const double norm : {1.0, 1.0, 1.0, 5.0, 1.0, 5.0}) {
    EXPECT_THAT(frozenAt(norm, 1, 1), IsEmpty());
  }
}

TEST_F(GradientFreezingTest, SmallNormsAreNoReason) {
  for (const double norm : {1.0, 1.0, 1.0, 0.01, 0.01, 0.01}) {
    EXPECT_THAT(frozenAt(norm, 1, 1), IsEmpty());
  }
}

TEST_F(GradientFreezingTest, SharesAreOfElements) {
  EXPECT_EQ(shares().at(""), 0);
  for (const double norm : {1.0, 1.0, 1.0, 5.0, 5.0}) {
    frozenAt(norm, 1, 1);
  }

  EXPECT_EQ(shares(),
            (std::map<std::string, double>{
                {"0o", 1}, {"0v", 0}, {"1o", 0}, {"", 6.0 / 24}}));  // 6 + 6 + 12 weights
}

TEST_F(GradientFreezingTest, GoesOnFromItsState) {
  for (const double norm : {1.0, 1.0, 1.0, 5.0}) {
    frozenAt(norm, 1, norm);
  }
  const TensorMap state = freezing_->state();
  restart();
  freezing_->setState(state);

  EXPECT_EQ(frozenAt(5, 1, 1).size(), 2U);  // the count was 1, and layer 1 is quiet again

  const TensorMap later = freezing_->state();
  restart();
  freezing_->setState(later);
  EXPECT_EQ(frozenAt(1, 1, 1).size(), 2U);
}

class ProjectionFreezing : public GradientFreezingTest {
 protected:
  ProjectionFreezing() : GradientFreezingTest("projection") {}
};

TEST_F(ProjectionFreezing, FreezesAProjectionInAllLayersByItsNormTogether) {
  for (int step = 0; step < 3; ++step) {
    EXPECT_THAT(frozenAt(3, 1, 4), IsEmpty());  // sqrt(9 + 16) = 5
  }
  EXPECT_THAT(frozenAt(8, 1, 6), IsEmpty());  // 10 is not above 2 x 5
  EXPECT_THAT(frozenAt(8, 1, 7), IsEmpty());
  EXPECT_EQ(frozenAt(3, 1, 20).size(), 3U);
  EXPECT_THAT(freezing_->takeNews(), ElementsAre(HasSubstr("o is frozen")));
}

}  // namespace
}  // namespace retort::train
