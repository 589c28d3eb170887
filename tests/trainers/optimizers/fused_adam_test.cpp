#include "trainers/optimizers/fused_adam.h"

#include "tests/trainers/optimizers/optimizer_golden.h"
#include "trainers/optimizers/registry.h"
#include "trainers/train_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace retort::train {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

NamedTensors copyOf(const NamedTensors& tensors) {
  NamedTensors copies;
  for (const NamedTensor& entry : tensors) {
    copies.push_back({entry.name, entry.tensor.detach().clone()});
  }
  return copies;
}

class FusedAdamState : public testing::TestWithParam<bool> {};

TEST_P(FusedAdamState, ContinuesBitForBit) {
  OptimizerGolden whole;
  OptimizerGolden resumed;
  FusedAdam first(whole.parameters, {}, GetParam());
  const auto step = [](OptimizerGolden& golden, Optimizer& optimizer, std::size_t index) {
    golden.setGradients(index);
    optimizer.step(0.03);
  };
  for (std::size_t i = 0; i < 3; ++i) {
    step(whole, first, i);
  }
  for (std::size_t i = 0; i < whole.parameters.size(); ++i) {
    resumed.parameters[i].tensor = whole.parameters[i].tensor.detach().clone().requires_grad_();
  }
  FusedAdam second(resumed.parameters, {}, GetParam());

  second.setState(copyOf(first.state()));
  for (std::size_t i = 3; i < 6; ++i) {
    step(whole, first, i);
    step(resumed, second, i);
  }

  for (std::size_t i = 0; i < whole.parameters.size(); ++i) {
    EXPECT_EQ(largestDifference(whole.parameters[i].tensor, resumed.parameters[i].tensor), 0);
  }
}

INSTANTIATE_TEST_SUITE_P(BothKinds, FusedAdamState, testing::Bool());

// torch.optim.AdamW's updates of a float32 copy that is rounded after each, with the rounding to
// the nearest: sums of small updates that rounding swallows stay swallowed.
TEST(FusedAdam, RoundsWeightsOf16BitsAfterEachUpdateInFloat) {
  const Json golden = testData("precision_golden.json").at("adamw");
  const at::Tensor p = tensorOf(golden.at("start"), at::kBFloat16).requires_grad_();
  FusedAdam optimizer({{"a.weight", p}},
                      {.beta2 = 0.95, .epsilon = 1e-8, .weight_decay = 0.1},
                      /*corrects_bias=*/true);

  for (std::size_t step = 0; step < golden.at("weights").size(); ++step) {
    p.mutable_grad() = tensorOf(golden.at("gradients")[step], at::kBFloat16);
    optimizer.step(0.02);

    EXPECT_TRUE(at::equal(p.to(at::kDouble), tensorOf(golden.at("weights")[step]))) << step;
  }

  const NamedTensors state = optimizer.state();
  const at::Tensor& first = *findTensor(state, "exp_avg/a.weight");
  EXPECT_EQ(first.scalar_type(), at::kFloat);
  EXPECT_LT(largestDifference(first.to(at::kDouble), tensorOf(golden.at("exp_avg"))), 1e-7);
  EXPECT_LT(largestDifference(findTensor(state, "exp_avg_sq/a.weight")->to(at::kDouble),
                              tensorOf(golden.at("exp_avg_sq"))),
            1e-7);
}

TEST(FusedAdam, ContinuesWeightsOf16BitsBitForBit) {
  const auto start = [] {
    return randomTensor({30, 4}, 5).to(at::kBFloat16).requires_grad_();
  };
  const at::Tensor whole = start();
  const at::Tensor stopped = start();
  FusedAdam first({{"a.weight", whole}}, {}, true);
  auto second =
      std::make_unique<FusedAdam>(NamedTensors{{"a.weight", stopped}}, OptimizerSettings{}, true);
  for (std::uint64_t step = 0; step < 4; ++step) {
    if (step == 2) {
      const NamedTensors state = copyOf(second->state());
      second = std::make_unique<FusedAdam>(
          NamedTensors{{"a.weight", stopped}}, OptimizerSettings{}, true);
      second->setState(state);
    }
    whole.mutable_grad() = randomTensor({30, 4}, step).to(at::kBFloat16);
    stopped.mutable_grad() = whole.grad();
    first.step(0.01);
    second->step(0.01);
  }

  EXPECT_TRUE(at::equal(whole, stopped));
}

TEST(FusedAdam, LeavesParametersWithoutGradientAlone) {
  OptimizerGolden golden;
  golden.setGradients(1);
  FusedAdam optimizer(golden.parameters, {}, true);
  const at::Tensor before = golden.parameters[2].tensor.detach().clone();

  optimizer.step(0.1);

  EXPECT_EQ(largestDifference(golden.parameters[2].tensor, before), 0);
  EXPECT_EQ(findTensor(optimizer.state(), "exp_avg/c.weight"), nullptr);
  EXPECT_EQ(optimizer.state().size(), 6U);
}

TEST(FusedAdam, SparesBiasesAndNormsFromDecay) {
  const OptimizerSettings settings = {.weight_decay = 0.3};

  EXPECT_EQ(weightDecayFor("bert.pooler.dense.bias", settings), 0);
  EXPECT_EQ(weightDecayFor("bert.embeddings.LayerNorm.weight", settings), 0);
  EXPECT_EQ(weightDecayFor("distill.map_output.mix", settings), 0);
  EXPECT_EQ(weightDecayFor("classifier.weight", settings), 0.3);
}

TEST(FusedAdam, UpdatesOnceWithoutAnyDecay) {
  const at::Tensor p = tensorOf({1.0}).requires_grad_();
  p.mutable_grad() = tensorOf({2.0});
  FusedAdam optimizer({{"x.weight", p}}, {.epsilon = 1e-12, .weight_decay = 0}, true);

  optimizer.step(0.1);

  EXPECT_NEAR(p.item<double>(), 0.9, 1e-10);
}

TEST(FusedAdam, SharesNothingWithAnImportedState) {
  OptimizerGolden golden;
  FusedAdam optimizer(golden.parameters, {}, true);
  golden.setGradients(0);
  optimizer.step(0.1);
  NamedTensors state = copyOf(optimizer.state());
  optimizer.setState(state);

  state[0].tensor.zero_();

  EXPECT_GT(optimizer.state()[0].tensor.abs().sum().item<double>(), 0);
}

TEST(FusedAdam, RefusesAnIncompleteState) {
  OptimizerGolden golden;
  FusedAdam optimizer(golden.parameters, {}, true);
  golden.setGradients(0);
  optimizer.step(0.1);
  NamedTensors state = copyOf(optimizer.state());
  state.erase(state.begin());

  EXPECT_THAT([&] { optimizer.setState(state); },
              ThrowsMessage<TrainError>(HasSubstr("lacks 'exp_avg/a.weight'")));
}

TEST(FusedAdam, RefusesAStateOfAnotherShape) {
  OptimizerGolden golden;
  FusedAdam optimizer(golden.parameters, {}, true);
  golden.setGradients(0);
  optimizer.step(0.1);
  NamedTensors state = copyOf(optimizer.state());
  state[0].tensor = tensorOf({1, 2});

  EXPECT_THAT([&] { optimizer.setState(state); },
              ThrowsMessage<TrainError>(HasSubstr("has shape [2] instead of [3, 4]")));
}

TEST(FusedAdam, RefusesAStateOfOtherParameters) {
  OptimizerGolden golden;
  FusedAdam all(golden.parameters, {}, true);
  golden.setGradients(0);
  all.step(0.1);
  NamedTensors fewer = golden.parameters;
  fewer.pop_back();
  FusedAdam optimizer(fewer, {}, true);

  EXPECT_THAT([&] { optimizer.setState(copyOf(all.state())); },
              ThrowsMessage<TrainError>(HasSubstr("another choice of frozen weights")));
}

TEST(OptimizerRegistry, IsSortedAndDocumented) {
  const auto& all = optimizerRegistry();

  EXPECT_TRUE(std::is_sorted(all.begin(), all.end(), [](const auto* a, const auto* b) {
    return a->spec.name < b->spec.name;
  }));
  for (const OptimizerDefinition* definition : all) {
    EXPECT_FALSE(definition->spec.documentation.empty());
    EXPECT_FALSE(definition->spec.formula.empty());
  }
}

TEST(OptimizerRegistry, MakesWhatTheSettingsName) {
  EXPECT_NE(makeOptimizer({}, {.optimizer = "adamw"}), nullptr);
  EXPECT_THAT([] { static_cast<void>(makeOptimizer({}, {.optimizer = "sgd"})); },
              ThrowsMessage<TrainError>(HasSubstr("unknown optimizer 'sgd'")));
}

TEST(OptimizerSettings, DefaultToTheAuthorsRecipe) {
  const OptimizerSettings settings = optimizerSettings().read({});

  EXPECT_EQ(settings,
            (OptimizerSettings{.optimizer = "bert_adam",
                               .beta1 = 0.9,
                               .beta2 = 0.999,
                               .epsilon = 1e-6,
                               .weight_decay = 0.01,
                               .clip_tensor = 1.0,
                               .clip_global = 0.0}));
}

}  // namespace
}  // namespace retort::train
