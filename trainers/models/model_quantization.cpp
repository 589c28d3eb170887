#include "trainers/models/model_quantization.h"

#include "trainers/quantizers/quantization_settings.h"
#include "trainers/quantizers/registry.h"
#include "trainers/train_error.h"

#include <algorithm>
#include <limits>

namespace retort::train {

bool ModelQuantization::quantizesActivations() const {
  return !std::all_of(activation.begin(), activation.end(), [](const ActivationOptions& options) {
    return options.isIdentity();
  });
}

Quantizer ModelQuantization::kvCache() const {
  if (kv_cache_bits == 0) {
    return {};
  }
  return {findQuantizer("symmetric").quantize,
          {.bits = kv_cache_bits,
           .granularity = Granularity::kRow,
           .clip = std::numeric_limits<double>::infinity()}};
}

ModelQuantization makeModelQuantization(const SettingValues& settings) {
  const QuantizationSettings others = quantizationSettings().read(settings);
  ModelQuantization quantization{.weights = PrecisionMap(settings),
                                 .activation = readActivationSettings(settings),
                                 .kv_cache_bits = static_cast<int>(others.kv_cache_bits)};
  if (quantization.kv_cache_bits == 1) {
    throw TrainError(
        ExitCode::kBadSpec,
        "quant.kv_cache.bits is 1, but its grid has 2 to 16 bits; 0 is full precision");
  }
  for (ActivationOptions& point : quantization.activation) {
    point.clip = point.clip.value_or(others.clip);
  }
  return quantization;
}

}  // namespace retort::train
