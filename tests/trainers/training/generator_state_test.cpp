#include "trainers/training/generator_state.h"

#include <ATen/ATen.h>

#include <gtest/gtest.h>

namespace retort::train {

namespace {

TEST(GeneratorState, SameSeedGivesTheSameNumbers) {
  seedGenerators(5, at::kCPU);
  const at::Tensor first = at::rand({8});
  seedGenerators(5, at::kCPU);

  EXPECT_TRUE(at::equal(at::rand({8}), first));
  EXPECT_FALSE(at::equal(at::rand({8}), first));
}

TEST(GeneratorState, GoesOnWhereItWasSaved) {
  seedGenerators(5, at::kCPU);
  static_cast<void>(at::randn({3}));  // an odd count leaves a cached normal value behind
  const NamedTensors saved = generatorStates(at::kCPU);
  const at::Tensor expected = at::randn({9});

  static_cast<void>(at::rand({100}));
  setGeneratorStates(saved, at::kCPU);

  EXPECT_TRUE(at::equal(at::randn({9}), expected));
}

TEST(GeneratorState, IsTensorsOfBytes) {
  const NamedTensors saved = generatorStates(at::kCPU);

  ASSERT_EQ(saved.size(), 1U);
  EXPECT_EQ(saved[0].name, "cpu");
  EXPECT_EQ(saved[0].tensor.scalar_type(), at::kByte);
}

TEST(GeneratorState, IgnoresDevicesThatAreNotInUse) {
  setGeneratorStates({{"cuda", at::zeros({16}, at::kByte)}}, at::kCPU);
}

}  // namespace

}  // namespace retort::train
