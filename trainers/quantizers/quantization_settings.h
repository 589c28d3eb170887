#pragma once

#include "trainers/settings/setting_group.h"

#include <cstdint>

namespace retort::train {

/// How the student is quantized (phase kd_qat), besides its weights (weight_precision.h) and
/// activations (models/activation_settings.h). Which tensors: models/model_quantization.h.
struct QuantizationSettings {
  double clip = 2.5;
  std::int64_t kv_cache_bits = 0;

  bool operator==(const QuantizationSettings&) const = default;
};

/// quant.clip, quant.kv_cache.bits.
[[nodiscard]] const SettingGroup<QuantizationSettings>& quantizationSettings();

}  // namespace retort::train
