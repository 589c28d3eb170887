#include "trainers/models/bert_quantization.h"

#include "trainers/quantizers/quantization_settings.h"
#include "trainers/quantizers/registry.h"

#include <algorithm>

namespace retort::train {

bool BertQuantization::quantizesActivations() const {
  return !std::all_of(activation.begin(), activation.end(), [](const ActivationOptions& options) {
    return options.isIdentity();
  });
}

BertQuantization makeBertQuantization(const SettingValues& settings) {
  const QuantizationSettings others = quantizationSettings().read(settings);
  BertQuantization quantization{.weights = PrecisionMap(settings),
                                .activation = readActivationSettings(settings)};
  for (ActivationOptions& point : quantization.activation) {
    point.clip = point.clip.value_or(others.clip);
  }
  return quantization;
}

}  // namespace retort::train
