#include "trainers/analysis/loss_surface.h"

#include "tests/trainers/tensor_testing.h"

#include <ATen/core/grad_mode.h>

#include <gtest/gtest.h>

namespace retort::train {
namespace {

TEST(NormalizedDirection, GivesEachRowTheNormOfTheWeightsRow) {
  const TensorList weights = {tensorOf({{3, 4}, {0, 2}, {0, 0}}), tensorOf({1, 2})};
  const TensorList drawn = {tensorOf({{0, 2}, {-3, 4}, {1, 1}}), tensorOf({5, 5})};

  const TensorList direction = normalizedDirection(drawn, weights, SurfaceNormalization::kFilter);

  EXPECT_LT(largestDifference(direction[0], tensorOf({{0, 5}, {-1.2, 1.6}, {0, 0}})), 1e-9);
  EXPECT_EQ(largestDifference(direction[1], tensorOf({0, 0})), 0);
}

TEST(NormalizedDirection, GivesEachTensorTheNormOfTheWeight) {
  const TensorList weights = {tensorOf({{3, 0}, {0, 4}}), tensorOf({0, 2})};
  const TensorList drawn = {tensorOf({{1, 1}, {1, 1}}), tensorOf({-1, 0})};

  const TensorList direction = normalizedDirection(drawn, weights, SurfaceNormalization::kTensor);

  EXPECT_LT(largestDifference(direction[0], tensorOf({{2.5, 2.5}, {2.5, 2.5}})), 1e-9);
  EXPECT_LT(largestDifference(direction[1], tensorOf({-2, 0})), 1e-9);
}

TEST(NormalizedDirection, LeavesADirectionAsDrawn) {
  const TensorList drawn = {tensorOf({{1, 2}}), tensorOf({3})};

  const TensorList direction =
      normalizedDirection(drawn, {tensorOf({{9, 9}}), tensorOf({9})}, SurfaceNormalization::kNone);

  EXPECT_EQ(largestDifference(direction[0], drawn[0]), 0);
  EXPECT_EQ(largestDifference(direction[1], drawn[1]), 0);
  EXPECT_THROW(static_cast<void>(normalizedDirection(drawn, {}, SurfaceNormalization::kNone)),
               c10::Error);
}

TEST(SurfaceAxis, IsSymmetricAroundExactlyZero) {
  EXPECT_EQ(surfaceAxis(5, 1), (std::vector<double>{-1, -0.5, 0, 0.5, 1}));
  EXPECT_EQ(surfaceAxis(3, 0.25), (std::vector<double>{-0.25, 0, 0.25}));
  EXPECT_THROW(static_cast<void>(surfaceAxis(4, 1)), c10::Error);
  EXPECT_THROW(static_cast<void>(surfaceAxis(1, 1)), c10::Error);
}

TEST(LossSurface, IsTheParaboloidOfAQuadratic) {
  const at::Tensor x = tensorOf({1, -2}).requires_grad_();
  const at::Tensor y = tensorOf({3}).requires_grad_();
  bool records = false;
  const LossFunction loss = [&] {
    records = records || at::GradMode::is_enabled();
    return x.square().sum() + y.square().sum() * 10;
  };

  const auto surface = lossSurface(loss,
                                   {x, y},
                                   {tensorOf({1, 0}), tensorOf({0})},
                                   {tensorOf({0, 0}), tensorOf({1})},
                                   surfaceAxis(3, 2));

  // (1 + alpha)^2 + 4 + 10 (3 + beta)^2
  ASSERT_TRUE(surface);
  ASSERT_EQ(surface->size(), 9U);
  EXPECT_EQ((*surface)[0], (SurfacePoint{.alpha = -2, .beta = -2, .loss = 15}));
  EXPECT_EQ((*surface)[2], (SurfacePoint{.alpha = -2, .beta = 2, .loss = 255}));
  EXPECT_EQ((*surface)[4], (SurfacePoint{.alpha = 0, .beta = 0, .loss = 95}));
  EXPECT_EQ((*surface)[7], (SurfacePoint{.alpha = 2, .beta = 0, .loss = 103}));
  EXPECT_FALSE(records);
  EXPECT_EQ(largestDifference(x.detach(), tensorOf({1, -2})), 0);
}

TEST(LossSurface, PutsTheParametersBackWhenItIsGivenUp) {
  const at::Tensor x = tensorOf({1}).requires_grad_();
  int calls = 0;

  const auto surface = lossSurface([&] { return x.sum(); },
                                   {x},
                                   {tensorOf({1})},
                                   {tensorOf({1})},
                                   surfaceAxis(3, 1),
                                   [&] { return ++calls < 3; });

  EXPECT_FALSE(surface);
  EXPECT_EQ(x.item<double>(), 1);
}

}  // namespace
}  // namespace retort::train
