#include "experiments/experiment_document.h"

namespace retort::experiments {

const Axis* ExperimentDocument::findAxis(std::string_view key) const {
  for (const AxisGroup& group : groups) {
    for (const Axis& axis : group.axes) {
      if (axis.key == key) {
        return &axis;
      }
    }
  }
  return nullptr;
}

std::vector<std::string> ExperimentDocument::axisKeys() const {
  std::vector<std::string> keys;
  for (const AxisGroup& group : groups) {
    for (const Axis& axis : group.axes) {
      keys.push_back(axis.key);
    }
  }
  return keys;
}

bool isMeant(const Axis& axis, const AxisValue& value, const Json& wanted) {
  if (wanted == value.label) {
    return true;
  }
  const auto own = value.settings.find(axis.key);
  return own != value.settings.end() && own->second.value == wanted;
}

}  // namespace retort::experiments
