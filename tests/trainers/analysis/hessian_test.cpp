#include "trainers/analysis/hessian.h"

#include "tests/trainers/analysis/quadratic.h"
#include "tests/trainers/models/tiny_encoder.h"
#include "trainers/losses/task_loss.h"
#include "trainers/quantizers/straight_through.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/tensor.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace retort::train {
namespace {

TEST(HessianProducts, AreTheMatrixOfAQuadratic) {
  const Quadratic quadratic;
  const TensorList vector = {tensorOf({1, 0, 0, 2}), tensorOf({0, -1})};
  const at::Tensor expected = quadratic.matrix.mv(at::cat({vector[0], vector[1]}));

  const TensorList exact = doubleBackwardProduct(quadratic.loss(), quadratic.parameters)(vector);
  const TensorList difference =
      finiteDifferenceProduct(quadratic.loss(), quadratic.parameters, 1e-4)(vector);

  EXPECT_LT(largestDifference(at::cat({exact[0], exact[1]}), expected), 1e-12);
  EXPECT_LT(largestDifference(at::cat({difference[0], difference[1]}), expected), 1e-8);
}

TEST(HessianProducts, AgreeWhereNothingIsQuadratic) {
  const TensorList parameters = {randomTensor({3, 2}, 1).requires_grad_(),
                                 randomTensor({3}, 2).requires_grad_()};
  const LossFunction loss = [&] {
    return (parameters[0].tanh().sum(1) * parameters[1].exp()).sin().sum();
  };
  const TensorList vector = {randomTensor({3, 2}, 3), randomTensor({3}, 4)};

  const TensorList exact = doubleBackwardProduct(loss, parameters)(vector);
  const TensorList difference = finiteDifferenceProduct(loss, parameters, 1e-5)(vector);

  EXPECT_LT(largestDifference(exact[0], difference[0]), 1e-7);
  EXPECT_LT(largestDifference(exact[1], difference[1]), 1e-7);
}

TEST(HessianProducts, AreZeroForWhatTheLossDoesNotCurve) {
  const at::Tensor x = tensorOf({1, 2}).requires_grad_();
  const at::Tensor unused = tensorOf({3}).requires_grad_();

  const TensorList linear =
      doubleBackwardProduct([&] { return x.sum(); }, {x, unused})({x.detach(), tensorOf({1})});

  EXPECT_EQ(largestDifference(linear[0], tensorOf({0, 0})), 0);
  EXPECT_EQ(largestDifference(linear[1], tensorOf({0})), 0);
}

TEST(HessianProducts, SeeTheStraightThroughLine) {
  const at::Tensor x = tensorOf({0.6, 3.0, -1.2}).requires_grad_();
  // sum q^3, q = round(x): 6 q inside the clip.
  const LossFunction loss = [&] {
    return straightThrough(x, x.detach().round(), 2.5).pow(3).sum();
  };

  const TensorList product = doubleBackwardProduct(loss, {x})({tensorOf({1, 1, 1})});

  EXPECT_EQ(largestDifference(product[0], tensorOf({6, 0, -6})), 0);
}

TEST(LargestEigenvalues, AreThoseOfTheMatrix) {
  const Quadratic quadratic;
  const std::vector<double> expected = quadratic.eigenvalues();

  const auto found =
      largestEigenvalues(doubleBackwardProduct(quadratic.loss(), quadratic.parameters),
                         quadratic.parameters,
                         {.count = 4, .max_iterations = 5000, .tolerance = 1e-9});

  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 4U);
  for (std::size_t i = 0; i < found->size(); ++i) {
    const Eigenvalue& eigenvalue = (*found)[i];
    EXPECT_TRUE(eigenvalue.is_converged) << i;
    EXPECT_NEAR(eigenvalue.value, expected[i], 1e-7);
    EXPECT_LE(eigenvalue.residual, 1e-9);
    EXPECT_NEAR(norm(eigenvalue.vector), 1, 1e-12);
  }
}

TEST(LargestEigenvalues, SayWhenTheyHaveNotConverged) {
  const Quadratic quadratic;

  const auto found =
      largestEigenvalues(doubleBackwardProduct(quadratic.loss(), quadratic.parameters),
                         quadratic.parameters,
                         {.count = 1, .max_iterations = 2, .tolerance = 1e-9});

  ASSERT_TRUE(found);
  EXPECT_FALSE(found->front().is_converged);
  EXPECT_EQ(found->front().iterations, 2);
  EXPECT_GT(found->front().residual, 1e-9);
}

TEST(LargestEigenvalues, NeverConvergeBetweenOppositeOnes) {
  // diag(2, -2): every start turns for ever, whatever the value between -2 and 2 looks like.
  const at::Tensor x = tensorOf({1, 1}).requires_grad_();
  const LossFunction loss = [&] {
    return (x.square() * at::tensor({1.0, -1.0})).sum();
  };

  const auto found = largestEigenvalues(doubleBackwardProduct(loss, {x}), {x}, {});

  ASSERT_TRUE(found);
  EXPECT_FALSE(found->front().is_converged);
  EXPECT_EQ(found->front().iterations, 100);
}

TEST(LargestEigenvalues, OfALineAreZero) {
  const at::Tensor x = tensorOf({1, 2}).requires_grad_();

  const auto found =
      largestEigenvalues(doubleBackwardProduct([&] { return x.sum(); }, {x}), {x}, {.count = 2});

  ASSERT_TRUE(found);
  EXPECT_EQ((*found)[1].value, 0);
  EXPECT_TRUE((*found)[1].is_converged);
  EXPECT_EQ((*found)[1].iterations, 1);
}

TEST(LargestEigenvalues, OfALinearClassifierHaveAClosedForm) {
  // Cross entropy of one example x with logits W x: H = (diag(p) - p p^T) (x) x x^T. For two
  // classes its only eigenvalue is 2 p (1 - p) |x|^2.
  const at::Tensor weight = tensorOf({{0.3, -0.2, 0.5}, {-0.1, 0.4, 0.2}}).requires_grad_();
  const at::Tensor x = tensorOf({1, -2, 0.5});
  const LossFunction loss = [&] {
    return at::cross_entropy_loss(weight.mv(x).unsqueeze(0), at::tensor({1}, at::kLong));
  };
  const double difference = (0.3 + 0.4 + 0.25) - (-0.1 - 0.8 + 0.1);
  const double p = 1 / (1 + std::exp(-difference));

  const auto found =
      largestEigenvalues(doubleBackwardProduct(loss, {weight}), {weight}, {.tolerance = 1e-10});

  ASSERT_TRUE(found);
  EXPECT_NEAR(found->front().value, 2 * p * (1 - p) * 5.25, 1e-12);
}

TEST(LargestEigenvalues, EndWhenTheyAreGivenUp) {
  const Quadratic quadratic;
  int calls = 0;
  const AnalysisPulse pulse = [&] {
    return ++calls < 4;
  };
  const HessianProduct product = doubleBackwardProduct(quadratic.loss(), quadratic.parameters);

  EXPECT_FALSE(largestEigenvalues(product, quadratic.parameters, {.tolerance = 0}, pulse));
  EXPECT_EQ(calls, 4);
  calls = 0;
  EXPECT_FALSE(publishedEigenvalues(product, quadratic.parameters, {.tolerance = 0}, pulse));
}

TEST(PublishedEigenvalues, AreThoseOfPyHessian) {
  const Quadratic quadratic;
  const HessianProduct product = doubleBackwardProduct(quadratic.loss(), quadratic.parameters);
  const Json& golden = quadratic.golden;

  const auto found =
      publishedEigenvalues(product, quadratic.parameters, {.count = 3, .tolerance = 1e-3});
  const auto cut = publishedEigenvalues(
      product, quadratic.parameters, {.count = 2, .max_iterations = 4, .tolerance = 1e-3});

  ASSERT_TRUE(found && cut);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR((*found)[i].value, golden.at("published").at(i).get<double>(), 1e-9) << i;
  }
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_NEAR((*cut)[i].value, golden.at("published_after_4").at(i).get<double>(), 1e-9) << i;
  }
}

TEST(SumOfNorms, HasTheCurvatureOfASphere) {
  // (I - p p^T / |p|^2) / |p|: 1 / |p| across, 0 along.
  const at::Tensor small = tensorOf({0.003, 0.004}).requires_grad_();
  const at::Tensor large = tensorOf({30, 40}).requires_grad_();
  const LossFunction loss = [&] {
    return sumOfNorms({small, large});
  };

  const auto found =
      largestEigenvalues(doubleBackwardProduct(loss, {small, large}), {small, large}, {.count = 2});

  EXPECT_NEAR(loss().item<double>(), 50.005, 1e-12);
  EXPECT_NEAR((*found)[0].value, 200, 1e-6);
  EXPECT_NEAR((*found)[1].value, 1 / 50.0, 1e-6);
}

TEST(SumOfNorms, HasNoCurvatureAtZero) {
  const at::Tensor zero = tensorOf({0, 0}).requires_grad_();

  const auto found =
      largestEigenvalues(doubleBackwardProduct([&] { return sumOfNorms({zero}); }, {zero}),
                         {zero},
                         {.max_iterations = 10});

  ASSERT_TRUE(found);
  EXPECT_TRUE(std::isnan(found->front().value));
  EXPECT_FALSE(found->front().is_converged);
}

/// The task loss of the tiny encoder, quantized or not.
class EncoderHessian : public testing::TestWithParam<const char*> {
 protected:
  EncoderHessian() : model_(isStudent() ? tiny_.student() : tiny_.teacher()) {
    model_.setTrainable({});
    parameters_ = tensorsOf(model_.parameters());
  }

  static bool isStudent() { return std::string(GetParam()) == "student"; }

  [[nodiscard]] LossFunction loss(double penalty = 0) const {
    return [this, penalty] {
      const at::Tensor task = taskLoss(model_.forward(tiny_.batch, {}).logits, tiny_.batch.labels);
      return penalty == 0 ? task : task + sumOfNorms(parameters_) * penalty;
    };
  }

  TinyEncoder tiny_;
  BertModel model_;
  TensorList parameters_;
  Json golden_ = testData("analysis_golden.json").at(GetParam());
};

TEST_P(EncoderHessian, HasTheEigenvaluesOfTheSecondImplementation) {
  EXPECT_LT(relativeDifference(loss()().item<double>(), golden_.at("loss").get<double>()), 1e-9);
  EXPECT_LT(relativeDifference(norm(gradientOf(loss()(), parameters_)),
                               golden_.at("gradient_norm").get<double>()),
            1e-9);

  const auto found = largestEigenvalues(doubleBackwardProduct(loss(), parameters_),
                                        parameters_,
                                        {.count = 2, .max_iterations = 400, .tolerance = 1e-5});

  ASSERT_TRUE(found);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_TRUE((*found)[i].is_converged) << (*found)[i].residual;
    EXPECT_LT(relativeDifference((*found)[i].value, golden_.at("eigenvalues").at(i).get<double>()),
              1e-7);
  }
}

TEST_P(EncoderHessian, HasThePublishedEigenvalues) {
  const auto found = publishedEigenvalues(
      doubleBackwardProduct(loss(0.01), parameters_), parameters_, {.count = 3, .tolerance = 1e-3});

  ASSERT_TRUE(found);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_LT(relativeDifference((*found)[i].value, golden_.at("published").at(i).get<double>()),
              1e-6)
        << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Models, EncoderHessian, testing::Values("student", "teacher"));

}  // namespace
}  // namespace retort::train
