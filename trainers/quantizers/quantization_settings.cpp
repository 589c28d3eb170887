#include "trainers/quantizers/quantization_settings.h"

namespace retort::train {
namespace {

const std::vector<SettingCondition> kWhenQuantizing = {{.key = "phase", .any_of = {"kd_qat"}}};

}  // namespace

const SettingGroup<QuantizationSettings>& quantizationSettings() {
  static const auto kGroup = SettingGroup<QuantizationSettings>().add(
      &QuantizationSettings::clip,
      {.key = "quant.clip",
       .documentation =
           "weights and activations are clipped to plus or minus this; no gradient beyond",
       .minimum = 0,
       .is_minimum_exclusive = true,
       .when = kWhenQuantizing});
  return kGroup;
}

}  // namespace retort::train
