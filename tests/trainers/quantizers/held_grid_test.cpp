#include "trainers/quantizers/held_grid.h"

#include "tests/trainers/quantizers/held_grid_golden.h"

#include <ATen/core/grad_mode.h>

#include <gtest/gtest.h>

namespace retort::train {
namespace {

TEST(HeldGrids, AreSortedAndFoundByName) {
  for (std::size_t i = 1; i < heldGrids().size(); ++i) {
    EXPECT_LT(heldGrids()[i - 1]->spec.name, heldGrids()[i]->spec.name);
  }
  EXPECT_EQ(findHeldGrid("lsq")->spec.name, "lsq");
  EXPECT_EQ(findHeldGrid("lsqq"), nullptr);
}

TEST(HeldGrids, SayWhatTheyAre) {
  for (const HeldGrid* grid : heldGrids()) {
    EXPECT_FALSE(grid->spec.documentation.empty() || grid->spec.formula.empty());
    EXPECT_TRUE(grid->parameters.size() == 1 || grid->parameters.size() == 2);
    EXPECT_EQ(grid->start(statisticsOf(tensorOf({-1.0, 1.0})), {}, true).size(),
              grid->parameters.size());
  }
}

TEST(QuantizeOnGrid, RecordsNothingWhereNothingIsTrained) {
  const HeldGrid& grid = *findHeldGrid("lsq");
  const at::Tensor x = randomTensor({5}, 1);
  at::Tensor step = tensorOf({0.5});

  EXPECT_FALSE(quantizeOnGrid(grid, x, {step}, {.bits = 2}).requires_grad());
  step.requires_grad_(true);
  EXPECT_TRUE(quantizeOnGrid(grid, x, {step}, {.bits = 2}).requires_grad());
  const at::NoGradGuard no_grad;
  EXPECT_FALSE(quantizeOnGrid(grid, x, {step}, {.bits = 2}).requires_grad());
}

TEST(QuantizeOnGrid, TrainsOneOfTwoParametersAlone) {
  at::Tensor low = tensorOf({-1.0});
  at::Tensor high = tensorOf({1.0}).requires_grad_(true);

  quantizeOnGrid(*findHeldGrid("pact"), tensorOf({-2.0, 2.0, 3.0}), {low, high}, {.bits = 2})
      .sum()
      .backward();

  EXPECT_EQ(high.grad().item<double>(), 2);
  EXPECT_FALSE(low.grad().defined());
}

TEST(SharedDimensions, AreThoseThatAParameterIsBroadcastOver) {
  const at::Tensor x = randomTensor({2, 3, 4, 5}, 1);

  EXPECT_EQ(sharedDimensions(x, {1}), (std::vector<std::int64_t>{0, 1, 2, 3}));
  EXPECT_EQ(sharedDimensions(x, {3, 1, 1}), (std::vector<std::int64_t>{0, 2, 3}));
  EXPECT_EQ(sharedDimensions(x[0][0], {4, 1}), (std::vector<std::int64_t>{1}));
}

}  // namespace
}  // namespace retort::train
