#include "trainers/models/model_quantization.h"

#include "trainers/quantizers/quantization_settings.h"
#include "trainers/quantizers/registry.h"

#include <algorithm>

namespace retort::train {

bool ModelQuantization::quantizesActivations() const {
  return !std::all_of(activation.begin(), activation.end(), [](const ActivationOptions& options) {
    return options.isIdentity();
  });
}

ModelQuantization makeModelQuantization(const SettingValues& settings) {
  const QuantizationSettings others = quantizationSettings().read(settings);
  ModelQuantization quantization{.weights = PrecisionMap(settings),
                                 .activation = readActivationSettings(settings)};
  for (ActivationOptions& point : quantization.activation) {
    point.clip = point.clip.value_or(others.clip);
  }
  return quantization;
}

}  // namespace retort::train
