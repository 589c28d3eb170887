#include "trainers/freezing/oscillation_freezing.h"

#include "tests/trainers/models/tiny_gpt2.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

namespace retort::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(LevelDistance, IsTheSmallestDifferenceOnAGrid) {
  const at::Tensor q = tensorOf({{0, 2, 6, -2}, {5, 5, 5.5, 6.5}});

  EXPECT_TRUE(
      at::equal(levelDistance(q, {.granularity = Granularity::kRow}), tensorOf({{2}, {0.5}})));
  EXPECT_TRUE(
      at::equal(levelDistance(q, {.granularity = Granularity::kTensor}), tensorOf({{0.5}})));
  EXPECT_TRUE(at::equal(levelDistance(q, {.granularity = Granularity::kGroup, .group_size = 2}),
                        tensorOf({{2}, {8}, {0}, {1}})));
}

/// A GPT-2 whose first query projection is on a grid of steps of 0.1; only its weight [0][0] moves.
class OscillationFreezingTest : public testing::Test {
 protected:
  OscillationFreezingTest() {
    const at::NoGradGuard no_grad;
    setStep(0.1);
    // Neighbouring levels are in use in all rows.
    weight().copy_((at::arange(16, at::kDouble).remainder(4) * 0.1).expand({16, 16}));
    restart();
  }

  void restart() {
    freezing_ = std::make_unique<OscillationFreezing>(
        SignalFreezeSettings{.rule = "oscillation", .momentum = 0.5, .threshold = 0.6},
        model_.parameters());
  }

  [[nodiscard]] at::Tensor weight() const { return *findTensor(model_.parameters(), kWeight); }

  void setStep(double step) {
    const at::NoGradGuard no_grad;
    findTensor(model_.quantizerParameters(), "quantizers." + kWeight + ".lsq_4.step")->fill_(step);
  }

  /// The level of the weight that moves, in steps of that size.
  [[nodiscard]] double integer(double step) const {
    return model_.weightInUse(kWeight)[0][0].item<double>() / step;
  }

  /// An update that makes the weight `value`; what it is afterwards.
  double update(double value) {
    const at::NoGradGuard no_grad;
    weight()[0][0].fill_(value);
    freezing_->afterUpdate(&model_);
    return weight()[0][0].item<double>();
  }

  [[nodiscard]] double share(const std::string& metric) const {
    for (const MetricPoint& point : freezing_->points()) {
      if (point.series.metric == metric && point.series.layer == 0 &&
          point.series.projection == "q") {
        return point.value;
      }
    }
    return -1;
  }

  const std::string kWeight = "transformer.h.0.attn.q_proj.weight";
  Gpt2Model model_{smallGpt2Config(),
                   hashedGpt2Parameters(smallGpt2Config()),
                   {.weights = PrecisionMap(SettingValues{{"quant.weight.scheme", "lsq"},
                                                          {"quant.weight.bits", 4},
                                                          {"quant.weight.granularity", "row"},
                                                          {"quant.head.scheme", "none"}})}};
  std::unique_ptr<OscillationFreezing> freezing_;
};

TEST_F(OscillationFreezingTest, FreezesAtTheLevelOfTheRunningMean) {
  EXPECT_EQ(update(0.14), 0.14);  // level 1; mean 0.1
  EXPECT_EQ(update(0.16), 0.16);  // up to 2, the first change: f = 0; mean 0.15
  EXPECT_EQ(update(0.14), 0.14);  // down: f = 0.5; mean 0.125
  EXPECT_EQ(share("oscillating_share"), 1.0 / 256);
  EXPECT_EQ(share("frozen_share"), 0);
  EXPECT_THAT(freezing_->takeNews(), IsEmpty());

  // Up: f = 0.75 > 0.6, and 0.125 is nearest to level 1.
  EXPECT_NEAR(update(0.16), 0.1, 1e-15);

  EXPECT_EQ(share("frozen_share"), 1.0 / 256);
  EXPECT_THAT(freezing_->takeNews(),
              ElementsAre(HasSubstr("layer 0, q: the first 1 of 256 weights are frozen")));
  EXPECT_NEAR(update(0.9), 0.1, 1e-15);  // whatever the optimizer does
}

TEST_F(OscillationFreezingTest, ChangesInOneDirectionAndWithinALevelAreNone) {
  for (const double value : {0.06, 0.14, 0.06, 0.16, 0.24, 0.26, 0.34, 0.36, 0.44}) {
    EXPECT_EQ(update(value), value);
  }
  EXPECT_EQ(share("oscillating_share"), 0);
}

TEST_F(OscillationFreezingTest, AGridThatMovesALittleIsNoChangeOfLevel) {
  for (const double size : {0.1, 0.101, 0.0995, 0.1005, 0.0998}) {
    setStep(size);
    update(0.1);
  }
  EXPECT_EQ(share("oscillating_share"), 0);
}

TEST_F(OscillationFreezingTest, HoldsTheIntegerWhileTheGridMoves) {
  for (const double value : {0.14, 0.16, 0.14, 0.16}) {
    update(value);
  }
  EXPECT_NEAR(integer(0.1), 1, 1e-12);
  double step = 0.1;
  while (step < 0.3) {
    // Where the latent value would stay behind: 0.1 is level 0 of a grid of 0.25.
    step *= 1.1;
    setStep(step);
    EXPECT_NEAR(update(0.14), step, 1e-12);
    EXPECT_NEAR(integer(step), 1, 1e-12);
  }
  while (step > 0.04) {
    step *= 0.8;
    setStep(step);
    update(0.14);
    EXPECT_NEAR(integer(step), 1, 1e-12);
  }
}

TEST_F(OscillationFreezingTest, TakesTheMeanOfIntegersNotOfValues) {
  // Always level 3 or 4, with a step that grows.
  double step = 0.1;
  for (const double level : {3.4, 3.4, 3.4, 3.6, 3.4}) {
    setStep(step);
    update(level * step);
    step *= 1.2;
  }

  // Means 3, 3, 3, 3.5, 3.25; that of the values is 0.58, nearest to level 2 of 0.249.
  setStep(step);
  EXPECT_NEAR(update(3.6 * step), 3 * step, 1e-12);
}

TEST_F(OscillationFreezingTest, CountsAnewWhenLevelsTurnOutToBeNearer) {
  // Only every other level is in use at first: the distance seems to be 0.2.
  {
    const at::NoGradGuard no_grad;
    weight().copy_((at::arange(16, at::kDouble).remainder(2) * 0.2).expand({16, 16}));
  }
  restart();
  EXPECT_EQ(update(0.2), 0.2);    // level 2, taken for 1
  EXPECT_EQ(update(0.14), 0.14);  // down to 1, the first change: f = 0; mean 1.5
  EXPECT_EQ(update(0.16), 0.16);  // up: f = 0.5; mean 1.75

  EXPECT_NEAR(update(0.14), 0.2, 1e-15);
}

/// The weights of make_oscillation_golden.py.
at::Tensor swingingWeights(std::int64_t t, double step) {
  const at::Tensor row = at::arange(16, at::kLong).unsqueeze(1);
  const at::Tensor column = at::arange(16, at::kLong).unsqueeze(0);
  const at::Tensor level = (row * 7 + column * 3).remainder(5) - 2;
  const at::Tensor pace = ((row + column).remainder(3) + 1) * (13 * t);
  const at::Tensor swing = (row * 31 + column * 17 + pace).remainder(7) - 3;
  return (level.to(at::kDouble) + 0.45 + swing.to(at::kDouble) * 0.1) * step;
}

TEST_F(OscillationFreezingTest, FreezesTheIntegersOfTheAuthorsTracker) {
  const Json golden = testData("oscillation_golden.json");
  freezing_ = std::make_unique<OscillationFreezing>(
      SignalFreezeSettings{
          .rule = "oscillation", .momentum = golden["momentum"], .threshold = golden["threshold"]},
      model_.parameters());
  double step = 0;
  for (std::size_t t = 0; t < golden["frozen"].size(); ++t) {
    step = 0.1 * (1 + 0.02 * static_cast<double>(t));
    setStep(step);
    {
      const at::NoGradGuard no_grad;
      weight().copy_(swingingWeights(static_cast<std::int64_t>(t), step));
    }
    freezing_->afterUpdate(&model_);
    EXPECT_EQ(share("frozen_share"), golden["frozen"][t].get<double>() / 256) << t;
  }

  const TensorMap state = freezing_->state();
  EXPECT_EQ(largestDifference(state.at("is_frozen/" + kWeight).to(at::kDouble),
                              tensorOf(golden["is_frozen"])),
            0);
  EXPECT_LT(largestDifference(model_.weightInUse(kWeight) / step, tensorOf(golden["integers"])),
            1e-12);
}

TEST_F(OscillationFreezingTest, GoesOnFromItsState) {
  for (const double value : {0.14, 0.16, 0.14}) {
    update(value);
  }
  const TensorMap state = freezing_->state();
  restart();
  freezing_->setState(state);

  EXPECT_NEAR(update(0.16), 0.1, 1e-15);

  const TensorMap later = freezing_->state();
  restart();
  freezing_->setState(later);
  EXPECT_NEAR(update(0.9), 0.1, 1e-15);
  EXPECT_EQ(share("frozen_share"), 1.0 / 256);
}

TEST_F(OscillationFreezingTest, WithoutAModelThereIsNothingToWatch) {
  freezing_->afterUpdate(nullptr);
  EXPECT_EQ(freezing_->state().size(), 0U);
}

}  // namespace
}  // namespace retort::train
