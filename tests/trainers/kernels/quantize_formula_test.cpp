#include "trainers/kernels/quantize_formula.h"

#include "tests/trainers/tensor_testing.h"
#include "trainers/quantizers/straight_through.h"
#include "trainers/quantizers/symmetric.h"
#include "trainers/quantizers/ternary.h"

#include <ATen/ATen.h>

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <type_traits>

/// The kernels' arithmetic, run on the CPU one element after the other, against the reference.
namespace retort::train::kernels {
namespace {

constexpr double kClip = 2.5;

template <class T>
constexpr at::ScalarType kTypeOf = std::is_same_v<T, double> ? at::kDouble : at::kFloat;

template <class T>
at::Tensor map(const at::Tensor& x, const std::function<T(T)>& f) {
  at::Tensor y = x.clone();
  T* values = y.mutable_data_ptr<T>();
  for (std::int64_t i = 0; i < y.numel(); ++i) {
    values[i] = f(values[i]);
  }
  return y;
}

template <class T>
T maximumOf(const at::Tensor& x) {
  T maximum = 0;
  for (std::int64_t i = 0; i < x.numel(); ++i) {
    maximum = larger(maximum, clippedMagnitude(x.const_data_ptr<T>()[i], T(kClip)));
  }
  return maximum;
}

template <class T>
at::Tensor symmetricLikeKernel(const at::Tensor& x, int bits) {
  const T scale = symmetricScale(maximumOf<T>(x), bits);
  return map<T>(x, [scale](T value) { return symmetricValue(value, T(kClip), scale); });
}

struct TernaryStatistics {
  double threshold = 0;
  double level = 0;
};

template <class T>
TernaryStatistics ternaryStatistics(const at::Tensor& x, double factor) {
  const T* values = x.const_data_ptr<T>();
  double sum = 0;
  for (std::int64_t i = 0; i < x.numel(); ++i) {
    sum += clippedMagnitude(values[i], T(kClip));
  }
  const T threshold = ternaryThreshold(T(sum), x.numel(), T(factor));
  double survivor_sum = 0;
  double survivors = 0;
  for (std::int64_t i = 0; i < x.numel(); ++i) {
    const T magnitude = clippedMagnitude(values[i], T(kClip));
    const T survives = ternarySurvives(magnitude, threshold);
    survivor_sum += survives * magnitude;
    survivors += survives;
  }
  return {threshold, ternaryLevel(T(survivor_sum), T(survivors))};
}

template <class T>
at::Tensor ternaryLikeKernel(const at::Tensor& x, double factor) {
  const TernaryStatistics statistics = ternaryStatistics<T>(x, factor);
  return map<T>(x, [&](T value) {
    return ternaryValue(value, T(kClip), T(statistics.threshold), T(statistics.level));
  });
}

/// Values inside and outside the clip, at it, and zeros.
template <class T>
at::Tensor manyValues(std::uint64_t seed) {
  at::Tensor x = randomTensor({61, 67}, seed, 1.3).to(kTypeOf<T>);
  x[3][4] = kClip;
  x[3][5] = -kClip;
  x[7].zero_();
  return x;
}

template <class T>
class QuantizeFormula : public testing::Test {};

using Types = testing::Types<float, double>;
TYPED_TEST_SUITE(QuantizeFormula, Types);

TYPED_TEST(QuantizeFormula, SymmetricGivesTheReferencesBits) {
  for (const int bits : {2, 3, 4, 7, 8}) {
    const at::Tensor x = manyValues<TypeParam>(static_cast<std::uint64_t>(bits));

    EXPECT_TRUE(at::equal(symmetricLikeKernel<TypeParam>(x, bits),
                          symmetricQuantize(x, {.bits = bits, .clip = kClip})))
        << bits << " bits";
  }
}

TYPED_TEST(QuantizeFormula, SymmetricGivesTheReferencesBitsWithoutOutliers) {
  const at::Tensor x = manyValues<TypeParam>(9) * 0.01;

  EXPECT_TRUE(at::equal(symmetricLikeKernel<TypeParam>(x, 8),
                        symmetricQuantize(x, {.bits = 8, .clip = kClip})));
}

TYPED_TEST(QuantizeFormula, TernaryGivesTheReferencesIntegers) {
  for (const std::uint64_t seed : {1, 2, 3, 4, 5}) {
    const at::Tensor x = manyValues<TypeParam>(seed);

    const at::Tensor ours = ternaryLikeKernel<TypeParam>(x, 0.7);
    const at::Tensor reference = ternaryQuantize(x, {.clip = kClip});

    EXPECT_TRUE(at::equal(ours.sign(), reference.sign())) << "seed " << seed;
    const double rounding = 8 * double{std::numeric_limits<TypeParam>::epsilon()};
    EXPECT_LT(largestDifference(ours, reference), rounding) << "seed " << seed;
  }
}

TYPED_TEST(QuantizeFormula, TheGradientIsThatOfTheReference) {
  const at::Tensor x = manyValues<TypeParam>(6);
  const at::Tensor weight = manyValues<TypeParam>(7);
  const at::Tensor reference =
      gradientOf([](const at::Tensor& leaf) { return straightThrough(leaf, leaf.detach(), kClip); },
                 x,
                 weight);

  at::Tensor ours = at::empty_like(x);
  for (std::int64_t i = 0; i < x.numel(); ++i) {
    ours.mutable_data_ptr<TypeParam>()[i] = straightThroughGradient(
        weight.const_data_ptr<TypeParam>()[i], x.const_data_ptr<TypeParam>()[i], TypeParam(kClip));
  }

  EXPECT_TRUE(at::equal(ours, reference));
}

TYPED_TEST(QuantizeFormula, ZerosGiveZeros) {
  const at::Tensor zeros = at::zeros({5}, kTypeOf<TypeParam>);

  EXPECT_TRUE(at::equal(symmetricLikeKernel<TypeParam>(zeros, 8), zeros));
  EXPECT_TRUE(at::equal(ternaryLikeKernel<TypeParam>(zeros, 0.7), zeros));
}

TYPED_TEST(QuantizeFormula, NanSpreadsAsInTheReference) {
  at::Tensor x = manyValues<TypeParam>(8);
  x[1][1] = std::numeric_limits<double>::quiet_NaN();

  EXPECT_TRUE(symmetricQuantize(x, {}).isnan().all().template item<bool>());
  EXPECT_TRUE(symmetricLikeKernel<TypeParam>(x, 8).isnan().all().template item<bool>());
  EXPECT_TRUE(ternaryQuantize(x, {}).isnan().all().template item<bool>());
  EXPECT_TRUE(ternaryLikeKernel<TypeParam>(x, 0.7).isnan().all().template item<bool>());
}

TYPED_TEST(QuantizeFormula, InfinityIsClipped) {
  at::Tensor x = manyValues<TypeParam>(10);
  x[1][1] = std::numeric_limits<double>::infinity();
  x[1][2] = -std::numeric_limits<double>::infinity();

  EXPECT_TRUE(at::equal(symmetricLikeKernel<TypeParam>(x, 8), symmetricQuantize(x, {})));
}

TEST(QuantizeLaunch, CoversSmallTensorsWithFewBlocks) {
  EXPECT_EQ(blocksFor(1), 1);
  EXPECT_EQ(blocksFor(kThreads), 1);
  EXPECT_EQ(blocksFor(kThreads + 1), 2);
}

TEST(QuantizeLaunch, HasNoMoreBlocksThanTheScratchHasRoomFor) {
  EXPECT_EQ(blocksFor(std::int64_t{kThreads} * kMostBlocks), kMostBlocks);
  EXPECT_EQ(blocksFor(std::int64_t{1} << 40), kMostBlocks);
}

}  // namespace
}  // namespace retort::train::kernels
