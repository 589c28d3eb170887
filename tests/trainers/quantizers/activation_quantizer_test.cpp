#include "trainers/quantizers/activation_quantizer.h"

#include "tests/trainers/quantizers/held_grid_golden.h"
#include "trainers/quantizers/asymmetric.h"
#include "trainers/quantizers/symmetric.h"
#include "trainers/train_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::train {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr ActivationShape kFlat = {.width = 5};
constexpr ActivationShape kHeads = {.heads = 3, .width = 5};

ActivationQuantizer make(const ActivationOptions& options, const ActivationShape& shape = kFlat) {
  return {options, shape, at::TensorOptions(at::kDouble)};
}

TEST(ActivationQuantizer, IsOffWithZeroBits) {
  const at::Tensor x = randomTensor({2, 5}, 1, 9);

  EXPECT_TRUE(make({}).isIdentity());
  EXPECT_EQ(largestDifference(make({})(x), x), 0);
}

TEST(ActivationQuantizer, TakesSchemeBitsAndClip) {
  const at::Tensor x = randomTensor({4, 5}, 2);

  for (const int bits : {2, 5, 8, 16}) {
    const QuantizerOptions options = {.bits = bits, .clip = 1.5};
    EXPECT_EQ(
        largestDifference(make({.bits = bits, .clip = 1.5})(x), symmetricQuantize(x, options)), 0);
    EXPECT_EQ(largestDifference(make({.scheme = "asymmetric", .bits = bits, .clip = 1.5})(x),
                                asymmetricQuantize(x, options)),
              0);
  }
}

TEST(ActivationQuantizer, IsNearlyExactWithSixteenBits) {
  const at::Tensor x = randomTensor({4, 5}, 2, 0.5);

  // Half of a step of max|x| / 32767.
  EXPECT_LE(largestDifference(make({.bits = 16})(x), x),
            x.abs().max().item<double>() / 32767 / 2 + 1e-12);
}

TEST(ActivationQuantizer, GivesEachTokenItsScale) {
  const ActivationOptions options = {.bits = 3, .granularity = ActivationGranularity::kToken};
  const at::Tensor flat = randomTensor({2, 4, 5}, 3);
  const at::Tensor heads = randomTensor({2, 3, 4, 5}, 4);

  const at::Tensor flat_q = make(options)(flat);
  const at::Tensor heads_q = make(options, kHeads)(heads);

  EXPECT_EQ(largestDifference(flat_q[1][2], symmetricQuantize(flat[1][2], {.bits = 3})), 0);
  EXPECT_EQ(largestDifference(heads_q[1][2][0], symmetricQuantize(heads[1][2][0], {.bits = 3})), 0);
}

TEST(ActivationQuantizer, GivesEachHeadItsScaleWhereThereAreHeads) {
  const ActivationOptions options = {.bits = 3, .granularity = ActivationGranularity::kHead};
  const at::Tensor flat = randomTensor({2, 4, 5}, 3);
  const at::Tensor heads = randomTensor({2, 3, 4, 5}, 4);

  EXPECT_EQ(largestDifference(make(options, kHeads)(heads)[1][2],
                              symmetricQuantize(heads[1][2], {.bits = 3})),
            0);
  EXPECT_EQ(largestDifference(make(options)(flat), symmetricQuantize(flat, {.bits = 3})), 0);
}

TEST(ActivationQuantizer, StopsTheGradientAtTheClip) {
  const at::Tensor gradient =
      gradientOf([](const at::Tensor& x) { return make({.bits = 8, .clip = 1})(x); },
                 tensorOf({-2.0, 0.5, 1.0, 3.0}));

  EXPECT_EQ(largestDifference(gradient, tensorOf({0.0, 1.0, 0.0, 0.0})), 0);
}

TEST(ActivationQuantizer, HoldsNoTensorsWhenItsRangeIsDynamic) {
  EXPECT_TRUE(make({.bits = 8}).parameters().empty());
  EXPECT_FALSE(make({.bits = 8}).needsRange());
}

TEST(ActivationQuantizer, HoldsAGridThatNeedsNumbersFirst) {
  ActivationQuantizer quantizer = make({.scheme = "lsq", .bits = 4});

  ASSERT_EQ(quantizer.parameters().size(), 1U);
  EXPECT_EQ(quantizer.parameters()[0].name, "lsq_4.step");
  EXPECT_TRUE(quantizer.isLearned("lsq_4.step"));
  EXPECT_TRUE(quantizer.needsRange());

  const at::Tensor x = randomTensor({6, 5}, 8);
  quantizer.setRange(statisticsOf(x));

  EXPECT_FALSE(quantizer.needsRange());
  const at::Tensor step = quantizer.parameters()[0].tensor;
  EXPECT_EQ(largestDifference(quantizer(x), findHeldGrid("lsq")->quantize(x, {step}, {.bits = 4})),
            0);
}

TEST(ActivationQuantizer, DoesNotTrainAFixedRange) {
  const ActivationQuantizer quantizer = make({.bits = 8, .range = ActivationRange::kMinMax});

  EXPECT_EQ(quantizer.parameters()[0].name, "fixed_symmetric_8.bound");
  EXPECT_FALSE(quantizer.isLearned("fixed_symmetric_8.bound"));
}

TEST(ActivationQuantizer, HoldsAGridForEachHead) {
  const ActivationQuantizer quantizer =
      make({.scheme = "lsq_plus", .bits = 4, .granularity = ActivationGranularity::kHead}, kHeads);

  EXPECT_TRUE(quantizer.isPerHead());
  EXPECT_EQ(quantizer.parameters()[1].tensor.sizes(), (at::IntArrayRef{3, 1, 1}));
}

TEST(ActivationQuantizer, IsUnsignedWhereItsAuthorsAre) {
  const ActivationShape positive = {.width = 5, .is_mostly_positive = true};
  const ActivationOptions options = {.scheme = "lsq", .bits = 4};
  ActivationOptions is_signed = options;
  is_signed.grid = ActivationGrid::kSigned;

  EXPECT_EQ(make(options, positive).parameters()[0].name, "lsq_4u.step");
  EXPECT_EQ(make(is_signed, positive).parameters()[0].name, "lsq_4.step");
}

TEST(ActivationQuantizer, AddsItsShiftFirst) {
  ActivationQuantizer quantizer = make({.bits = 3, .has_shift = true});
  ASSERT_EQ(quantizer.parameters()[0].name, "shift");
  at::Tensor shift = quantizer.parameters()[0].tensor;
  const at::Tensor bias = tensorOf({0.1, 0.0, -0.3, 0.2, 0.05});
  shift.copy_(bias);
  shift.requires_grad_(true);
  const at::Tensor x = randomTensor({4, 5}, 5, 0.5);

  const at::Tensor x_q = quantizer(x);
  x_q.sum().backward();

  EXPECT_EQ(largestDifference(x_q.detach(), symmetricQuantize(x + bias, {.bits = 3})), 0);
  EXPECT_EQ(largestDifference(shift.grad(), tensorOf({4.0, 4.0, 4.0, 4.0, 4.0})), 0);
  EXPECT_TRUE(make({.bits = 3, .has_shift = true}, kHeads).parameters().empty());
}

TEST(ActivationQuantizer, NamesWhatIsClipped) {
  const at::Tensor x = tensorOf({-2.0, 0.5, 1.0, 3.0});

  EXPECT_EQ(largestDifference(make({.bits = 8, .clip = 1}).isClipped(x).to(at::kDouble),
                              tensorOf({1.0, 0.0, 0.0, 1.0})),
            0);
}

TEST(ActivationQuantizer, RefusesBitsWithoutAGrid) {
  EXPECT_THAT(
      [] { make({.bits = 1}); },
      ThrowsMessage<TrainError>(HasSubstr("quant.activation.bits is 1 for the scheme "
                                          "'symmetric', which has a grid for 2 to 16 bits")));
  EXPECT_THAT([] { make({.scheme = "elastic_binary", .bits = 8}); },
              ThrowsMessage<TrainError>(HasSubstr("a grid for 1 bit")));
  EXPECT_THROW(make({.bits = 17}), TrainError);
}

TEST(ActivationQuantizer, RefusesGridsThatItCannotHold) {
  EXPECT_THAT(
      [] { make({.scheme = "lsq", .bits = 4, .granularity = ActivationGranularity::kToken}); },
      ThrowsMessage<TrainError>(HasSubstr("granularity is token")));
  EXPECT_THAT([] { make({.scheme = "lsqq", .bits = 4}); },
              ThrowsMessage<TrainError>(HasSubstr("unknown scheme 'lsqq'; known: symmetric, ")));
}

}  // namespace
}  // namespace retort::train
