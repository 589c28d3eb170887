#pragma once

#include "trainers/settings/setting_group.h"

#include <cstdint>
#include <string>

namespace retort::train {

/// How the student is quantized (phase kd_qat). Which tensors: models/bert_quantization.h;
/// activations: models/activation_settings.h.
struct QuantizationSettings {
  std::string weight_scheme = "ternary";
  std::string weight_granularity = "tensor";
  double weight_threshold_factor = 0.7;
  std::string embedding_scheme = "ternary";
  double clip = 2.5;

  bool operator==(const QuantizationSettings&) const = default;
};

/// quant.weight.*, quant.embedding.*, quant.clip.
[[nodiscard]] const SettingGroup<QuantizationSettings>& quantizationSettings();

}  // namespace retort::train
