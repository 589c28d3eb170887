#include "trainers/models/bert_quantization.h"

#include "trainers/quantizers/quantization_settings.h"
#include "trainers/quantizers/registry.h"

namespace retort::train {

BertQuantization makeBertQuantization(const SettingValues& settings) {
  const QuantizationSettings others = quantizationSettings().read(settings);
  return {.weights = PrecisionMap(settings),
          .activation = makeActivationQuantizer(others.activation_bits, others.clip)};
}

}  // namespace retort::train
