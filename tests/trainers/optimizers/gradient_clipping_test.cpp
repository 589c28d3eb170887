#include "trainers/optimizers/gradient_clipping.h"

#include "tests/trainers/optimizers/optimizer_golden.h"

#include <ATen/ops/ones.h>

#include <gtest/gtest.h>

#include <cmath>

namespace retort::train {
namespace {

NamedTensors withGradients(const std::vector<Json>& gradients) {
  NamedTensors parameters;
  for (const Json& values : gradients) {
    const at::Tensor gradient = values.is_null() ? at::Tensor() : tensorOf(values);
    const at::Tensor tensor =
        (values.is_null() ? tensorOf({0}) : gradient.clone()).requires_grad_();
    tensor.mutable_grad() = gradient;
    parameters.push_back({"p", tensor});
  }
  return parameters;
}

// 257 ones: their sum has more digits than bfloat16.
TEST(GradientClipping, SumsNumbersOf16BitsInFloat) {
  NamedTensors parameters = withGradients({{3.0, 4.0}});
  const at::Tensor narrow = at::ones({257}, at::kBFloat16).requires_grad_();
  narrow.mutable_grad() = at::ones({257}, at::kBFloat16);
  parameters.push_back({"narrow", narrow});

  const auto norms = gradientNorms(parameters);

  EXPECT_EQ(norms[0], 5);
  EXPECT_NEAR(norms[1], std::sqrt(257.0), 1e-6);
}

TEST(GradientClipping, MeasuresEachTensor) {
  const auto norms = gradientNorms(withGradients({{3.0, 4.0}, nullptr, {-2.0}}));

  EXPECT_EQ(norms, (std::vector<double>{5, 0, 2}));
  EXPECT_DOUBLE_EQ(totalNorm(norms), std::sqrt(29.0));
}

TEST(GradientClipping, ScalesTensorsOnTheirOwn) {
  const NamedTensors parameters = withGradients({{3.0, 4.0}, {0.3, 0.4}, nullptr});

  const auto norms = clipPerTensor(parameters, 1.0);

  EXPECT_NEAR(norms[0], 5, 1e-15);
  EXPECT_LT(largestDifference(parameters[0].tensor.grad(), tensorOf({0.6, 0.8})), 1e-6);
  EXPECT_EQ(largestDifference(parameters[1].tensor.grad(), tensorOf({0.3, 0.4})), 0);
}

TEST(GradientClipping, AgreesWithTorchOverAllTensors) {
  OptimizerGolden golden;
  golden.setGradients(0);
  const Json& expected = golden.golden.at("clip_global");

  const double total = clipGlobal(golden.parameters, expected.at("max_norm"));

  EXPECT_NEAR(total, expected.at("total").get<double>(), 1e-13);
  for (std::size_t i = 0; i < golden.parameters.size(); ++i) {
    EXPECT_LT(largestDifference(golden.parameters[i].tensor.grad().flatten(),
                                tensorOf(expected.at("clipped")[i])),
              1e-14);
  }
}

TEST(GradientClipping, IsOffAtZero) {
  const NamedTensors parameters = withGradients({{3.0, 4.0}});

  clipPerTensor(parameters, 0);
  EXPECT_DOUBLE_EQ(clipGlobal(parameters, 0), 5);

  EXPECT_EQ(largestDifference(parameters[0].tensor.grad(), tensorOf({3.0, 4.0})), 0);
}

TEST(GradientClipping, ReportsNormsThatAreNotFinite) {
  const NamedTensors parameters = withGradients({{1.0, 2.0}});
  parameters[0].tensor.grad().fill_(INFINITY);

  EXPECT_TRUE(std::isinf(clipPerTensor(parameters, 1.0)[0]));
}

TEST(GradientClipping, AcceptsNoGradientsAtAll) {
  EXPECT_EQ(clipGlobal(withGradients({nullptr}), 1.0), 0);
  EXPECT_TRUE(gradientNorms({}).empty());
}

}  // namespace
}  // namespace retort::train
