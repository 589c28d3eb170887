#include "trainers/models/named_tensors.h"

#include <algorithm>

namespace retort::train {

const at::Tensor* findTensor(const NamedTensors& tensors, std::string_view name) {
  const auto found = std::find_if(tensors.begin(), tensors.end(), [name](const NamedTensor& entry) {
    return entry.name == name;
  });
  return found == tensors.end() ? nullptr : &found->tensor;
}

}  // namespace retort::train
