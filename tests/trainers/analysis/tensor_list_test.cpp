#include "trainers/analysis/tensor_list.h"

#include "tests/trainers/tensor_testing.h"

#include <ATen/Context.h>
#include <ATen/ops/full.h>
#include <ATen/ops/randn.h>

#include <gtest/gtest.h>

#include <cmath>

namespace retort::train {
namespace {

TEST(TensorList, AddsUpInDoublePrecision) {
  // In float32 the second 1 would be lost beside 2^24.
  const TensorList a = {at::full({1}, 16777216.0, at::kFloat), tensorOf({1, 1}, at::kFloat)};
  const TensorList ones = {at::full({1}, 1.0, at::kFloat), tensorOf({1, 1}, at::kFloat)};

  EXPECT_EQ(dot(a, ones), 16777218.0);
  EXPECT_EQ(norm({tensorOf({3}), tensorOf({{4}})}), 5.0);
}

TEST(TensorList, AddsAndScales) {
  const TensorList sum = addScaled({tensorOf({1, 2})}, {tensorOf({10, 20})}, -0.5);

  EXPECT_EQ(largestDifference(sum[0], tensorOf({-4, -8})), 0);
  EXPECT_EQ(largestDifference(scaled(sum, 2)[0], tensorOf({-8, -16})), 0);
}

TEST(TensorList, RefusesOtherShapes) {
  EXPECT_THROW(static_cast<void>(dot({tensorOf({1})}, {})), c10::Error);
  EXPECT_THROW(static_cast<void>(dot({tensorOf({1, 2})}, {tensorOf({1})})), c10::Error);
  EXPECT_THROW(static_cast<void>(addScaled({tensorOf({1})}, {}, 1)), c10::Error);
}

TEST(GaussianVectors, AreThoseOfTheSecondImplementation) {
  const Json golden = testData("analysis_golden.json").at("normal");
  const TensorList like = {randomTensor({3, 7}, 1), randomTensor({5}, 2)};

  const std::vector<TensorList> vectors = gaussianVectors(like, 42, 2);

  ASSERT_EQ(vectors.size(), 2U);
  EXPECT_EQ(vectors[0][0].scalar_type(), at::kDouble);
  EXPECT_LT(largestDifference(vectors[0][0], tensorOf(golden.at(0))), 1e-7);
  EXPECT_LT(largestDifference(vectors[0][1], tensorOf(golden.at(1))), 1e-7);
  EXPECT_GT(largestDifference(vectors[0][0], vectors[1][0]), 0.1);
}

TEST(GaussianVectors, LeaveTheDefaultGeneratorAlone) {
  at::Generator generator = at::globalContext().defaultGenerator(at::kCPU);
  generator.set_current_seed(9);
  const at::Tensor expected = at::randn({8});
  generator.set_current_seed(9);

  static_cast<void>(gaussianVectors({randomTensor({30}, 1)}, 42, 3));

  EXPECT_EQ(largestDifference(at::randn({8}), expected), 0);
}

TEST(GradientOf, LeavesTheGradientsOfTheStepAlone) {
  const at::Tensor x = tensorOf({1, 2}).requires_grad_();
  const at::Tensor unused = tensorOf({5}).requires_grad_();
  (x * 7).sum().backward();

  const TensorList gradient = gradientOf(x.square().sum(), {x, unused});

  EXPECT_EQ(largestDifference(gradient[0], tensorOf({2, 4})), 0);
  EXPECT_EQ(largestDifference(gradient[1], tensorOf({0})), 0);
  EXPECT_EQ(largestDifference(x.grad(), tensorOf({7, 7})), 0);
  EXPECT_FALSE(unused.grad().defined());
}

TEST(ParameterShift, PutsBackEveryBit) {
  const at::Tensor x = tensorOf({0.1, 1e-30, 3e20}, at::kFloat).requires_grad_();
  const at::Tensor before = x.detach().clone();
  {
    ParameterShift shift({x});
    shift.moveTo({tensorOf({1, 1, 1}, at::kFloat)});
    EXPECT_NEAR(x[0].item<double>(), 1.1, 1e-6);
    shift.moveTo({tensorOf({0, 0, 0}, at::kFloat)});
    EXPECT_EQ(largestDifference(x.detach(), before), 0);
    shift.moveTo({tensorOf({5, 5, 5}, at::kFloat)});
    EXPECT_THROW(shift.moveTo({}), c10::Error);
  }

  EXPECT_EQ(largestDifference(x.detach(), before), 0);
  EXPECT_TRUE(x.requires_grad());
}

}  // namespace
}  // namespace retort::train
