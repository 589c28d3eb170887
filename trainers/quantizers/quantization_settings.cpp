#include "trainers/quantizers/quantization_settings.h"

namespace retort::train {
namespace {

const std::vector<SettingCondition> kWhenQuantizing = {{.key = "phase", .any_of = {"kd_qat"}}};

constexpr double kMostCacheBits = 16;

}  // namespace

const SettingGroup<QuantizationSettings>& quantizationSettings() {
  static const auto kGroup =
      SettingGroup<QuantizationSettings>()
          .add(&QuantizationSettings::clip,
               {.key = "quant.clip",
                .documentation =
                    "weights and activations are clipped to plus or minus this; no gradient beyond",
                .minimum = 0,
                .is_minimum_exclusive = true,
                .when = kWhenQuantizing})
          .add(&QuantizationSettings::kv_cache_bits,
               {.key = "quant.kv_cache.bits",
                .documentation = "decoders: bits of keys and values as a cache would hold them: "
                                 "what W_K and W_V give, before keys are rotated, symmetric with a "
                                 "scale for each token (LLM-QAT); 0: full precision",
                .unit = "bits",
                .minimum = 0,
                .maximum = kMostCacheBits,
                .when = kWhenQuantizing});
  return kGroup;
}

}  // namespace retort::train
