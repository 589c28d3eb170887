#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace retort::train {

/// The quantized values of a weight that is not trained. They are computed when they are first
/// asked for, and anew only when their sources (the weight and what its grid holds) were written to
/// since, as when a checkpoint is read. While a source requires a gradient (a grid that goes on
/// learning) nothing is held. One thread at a time.
class FrozenValues {
 public:
  explicit FrozenValues(std::vector<at::Tensor> sources) : sources_(std::move(sources)) {}

  /// `quantize` computes them from the sources as they are; its result is kept without a gradient.
  [[nodiscard]] at::Tensor get(const std::function<at::Tensor()>& quantize);

 private:
  /// What changes when a source is written to, or gets other memory.
  [[nodiscard]] std::vector<std::uint64_t> state() const;

  std::vector<at::Tensor> sources_;
  std::vector<std::uint64_t> held_state_;
  at::Tensor held_;  // undefined while nothing is held
};

}  // namespace retort::train
