#include "trainers/analysis/lanczos.h"

#include "tests/trainers/analysis/quadratic.h"

#include <ATen/ATen.h>

#include <gtest/gtest.h>

#include <cmath>

namespace retort::train {
namespace {

/// H = diag(curvatures), in float64.
struct Diagonal {
  explicit Diagonal(const std::vector<double>& curvatures)
      : x(at::ones({static_cast<std::int64_t>(curvatures.size())}, at::kDouble).requires_grad_()),
        product(doubleBackwardProduct(
            [this, curvatures] {
              return (x.square() * at::tensor(curvatures, at::kDouble)).sum() / 2;
            },
            {x})) {}

  at::Tensor x;
  HessianProduct product;
};

TEST(LanczosEigenvalues, AreThoseOfTheMatrix) {
  const Quadratic quadratic;
  const std::vector<double> expected = quadratic.eigenvalues();
  const HessianProduct product = doubleBackwardProduct(quadratic.loss(), quadratic.parameters);

  const auto found =
      lanczosEigenvalues(product, quadratic.parameters, {.count = 4, .tolerance = 1e-9});

  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 4U);
  for (std::size_t i = 0; i < found->size(); ++i) {
    const Eigenvalue& eigenvalue = (*found)[i];
    EXPECT_TRUE(eigenvalue.is_converged) << i;
    EXPECT_LE(eigenvalue.iterations, 6);
    EXPECT_NEAR(eigenvalue.value, expected[i], 1e-10);
    EXPECT_NEAR(norm(eigenvalue.vector), 1, 1e-12);
    const TensorList image = product(eigenvalue.vector);
    EXPECT_LT(norm(addScaled(image, eigenvalue.vector, -eigenvalue.value)), 1e-9);
  }
}

TEST(LanczosEigenvalues, HaveTheResidualThatTheySay) {
  const Quadratic quadratic;
  const HessianProduct product = doubleBackwardProduct(quadratic.loss(), quadratic.parameters);

  const auto found = lanczosEigenvalues(
      product, quadratic.parameters, {.count = 2, .max_iterations = 3, .tolerance = 1e-12});

  ASSERT_TRUE(found);
  for (const Eigenvalue& eigenvalue : *found) {
    const TensorList rest =
        addScaled(product(eigenvalue.vector), eigenvalue.vector, -eigenvalue.value);
    EXPECT_FALSE(eigenvalue.is_converged);
    EXPECT_EQ(eigenvalue.iterations, 3);
    EXPECT_GT(eigenvalue.residual, 1e-6);
    EXPECT_NEAR(norm(rest) / std::abs(eigenvalue.value), eigenvalue.residual, 1e-10);
  }
}

TEST(LanczosEigenvalues, TellOppositeOnesApart) {
  const Diagonal diagonal({2, -2, 0.5});

  const auto found = lanczosEigenvalues(diagonal.product, {diagonal.x}, {.count = 2});

  ASSERT_TRUE(found);
  EXPECT_NEAR((*found)[0].value * (*found)[1].value, -4, 1e-9);
  EXPECT_NEAR((*found)[0].value + (*found)[1].value, 0, 1e-9);
}

TEST(LanczosEigenvalues, NeedFewerProductsThanPowerIteration) {
  std::vector<double> curvatures(60);
  for (std::size_t i = 0; i < curvatures.size(); ++i) {
    curvatures[i] = 10 - 0.1 * static_cast<double>(i);  // the second is 1 % below the first
  }
  const Diagonal diagonal(curvatures);
  const EigenvalueOptions options{.count = 1, .max_iterations = 10'000, .tolerance = 1e-6};

  const auto lanczos = lanczosEigenvalues(diagonal.product, {diagonal.x}, options);
  const auto power = largestEigenvalues(diagonal.product, {diagonal.x}, options);

  ASSERT_TRUE(lanczos && power);
  EXPECT_NEAR(lanczos->front().value, 10, 1e-7);
  EXPECT_NEAR(power->front().value, 10, 1e-7);
  EXPECT_LT(lanczos->front().iterations * 10, power->front().iterations);
}

TEST(LanczosEigenvalues, GoOnWhereTheSpaceEnds) {
  // Every start is an eigenvector: three starts find the three.
  const Diagonal same({3, 3, 3});
  const Diagonal flat({0, 0});

  const auto found = lanczosEigenvalues(same.product, {same.x}, {.count = 3});
  const auto zeros = lanczosEigenvalues(flat.product, {flat.x}, {.count = 5});

  ASSERT_TRUE(found && zeros);
  ASSERT_EQ(found->size(), 3U);
  EXPECT_NEAR((*found)[2].value, 3, 1e-12);
  ASSERT_EQ(zeros->size(), 2U);  // there are no more
  EXPECT_EQ((*zeros)[0].value, 0);
  EXPECT_TRUE((*zeros)[1].is_converged);
}

TEST(LanczosEigenvalues, OfNoNumbersAreNone) {
  const Diagonal diagonal({1, std::nan("")});

  const auto found = lanczosEigenvalues(diagonal.product, {diagonal.x}, {.count = 2});

  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 2U);
  EXPECT_TRUE(std::isnan(found->front().value));
  EXPECT_FALSE(found->front().is_converged);
}

TEST(LanczosEigenvalues, EndWhenTheyAreGivenUp) {
  const Quadratic quadratic;
  int calls = 0;
  const AnalysisPulse pulse = [&] {
    return ++calls < 4;
  };
  const HessianProduct product = doubleBackwardProduct(quadratic.loss(), quadratic.parameters);

  EXPECT_FALSE(lanczosEigenvalues(product, quadratic.parameters, {.tolerance = 0}, pulse));
  EXPECT_EQ(calls, 4);
}

}  // namespace
}  // namespace retort::train
