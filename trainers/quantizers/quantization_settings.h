#pragma once

#include "trainers/settings/setting_group.h"

#include <cstdint>

namespace retort::train {

/// How the student is quantized (phase kd_qat), besides its weights (weight_precision.h). Which
/// tensors: models/bert_quantization.h.
struct QuantizationSettings {
  std::int64_t activation_bits = 8;
  double clip = 2.5;

  bool operator==(const QuantizationSettings&) const = default;
};

/// quant.activation.*, quant.clip.
[[nodiscard]] const SettingGroup<QuantizationSettings>& quantizationSettings();

}  // namespace retort::train
