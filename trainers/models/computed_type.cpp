#include "trainers/models/computed_type.h"

#include <algorithm>

namespace retort::train {

at::ScalarType computedType(const NamedTensors& parameters) {
  const auto found = std::ranges::find_if(
      parameters, [](const NamedTensor& entry) { return entry.tensor.dim() != 2; });
  return (found == parameters.end() ? parameters.front() : *found).tensor.scalar_type();
}

}  // namespace retort::train
