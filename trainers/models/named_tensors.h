#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <string_view>
#include <vector>

namespace retort::train {

/// One named tensor of a model or of an optimizer's state.
struct NamedTensor {
  std::string name;
  at::Tensor tensor;
};

/// Tensors in a fixed, meaningful order (a model's: from the embeddings to the classifier).
using NamedTensors = std::vector<NamedTensor>;

/// The tensor of that name, or nullptr.
[[nodiscard]] const at::Tensor* findTensor(const NamedTensors& tensors, std::string_view name);

}  // namespace retort::train
