#include "trainers/training/generator_state.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

namespace retort::train {

namespace {

at::Generator generatorOf(const at::Device& device) {
  return at::globalContext().defaultGenerator(device);
}

}  // namespace

void seedGenerators(std::int64_t seed, const at::Device& device) {
  at::Generator cpu = generatorOf(at::kCPU);
  cpu.set_current_seed(static_cast<std::uint64_t>(seed));
  if (device.is_cuda()) {
    at::Generator gpu = generatorOf(device);
    gpu.set_current_seed(static_cast<std::uint64_t>(seed));
  }
}

NamedTensors generatorStates(const at::Device& device) {
  NamedTensors states = {{"cpu", generatorOf(at::kCPU).get_state()}};
  if (device.is_cuda()) {
    states.push_back({"cuda", generatorOf(device).get_state()});
  }
  return states;
}

void setGeneratorStates(const NamedTensors& states, const at::Device& device) {
  if (const at::Tensor* state = findTensor(states, "cpu")) {
    generatorOf(at::kCPU).set_state(*state);
  }
  if (const at::Tensor* state = findTensor(states, "cuda"); state != nullptr && device.is_cuda()) {
    generatorOf(device).set_state(*state);
  }
}

}  // namespace retort::train
