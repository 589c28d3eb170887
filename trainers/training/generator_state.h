#pragma once

#include "trainers/models/named_tensors.h"

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace retort::train {

/// Seeds the default generators of the CPU and of `device`: all random numbers of a run (initial
/// weights, dropout) come from them.
void seedGenerators(std::int64_t seed, const at::Device& device);

/// Their states as byte tensors: "cpu", and "cuda" when `device` is a GPU.
[[nodiscard]] NamedTensors generatorStates(const at::Device& device);

/// Puts states back; those of a device that is not in use are ignored.
void setGeneratorStates(const NamedTensors& states, const at::Device& device);

}  // namespace retort::train
