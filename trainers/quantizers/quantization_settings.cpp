#include "trainers/quantizers/quantization_settings.h"

#include "trainers/quantizers/registry.h"

namespace retort::train {
namespace {

std::vector<std::string> schemeNames() {
  std::vector<std::string> names;
  for (const WeightScheme& scheme : weightSchemes()) {
    names.push_back(scheme.name);
  }
  return names;
}

const std::vector<SettingCondition> kWhenQuantizing = {{.key = "phase", .any_of = {"kd_qat"}}};

}  // namespace

const SettingGroup<QuantizationSettings>& quantizationSettings() {
  static const auto kGroup =
      SettingGroup<QuantizationSettings>()
          .add(&QuantizationSettings::weight_scheme,
               {.key = "quant.weight.scheme",
                .documentation = "quantizer of the linear layers' weights",
                .choices = schemeNames(),
                .when = kWhenQuantizing})
          .add(&QuantizationSettings::weight_granularity,
               {.key = "quant.weight.granularity",
                .documentation = "one scale per weight tensor, or per row (output channel)",
                .choices = {"tensor", "row"},
                .when = kWhenQuantizing})
          .add(&QuantizationSettings::weight_threshold_factor,
               {.key = "quant.weight.threshold_factor",
                .documentation = "ternary: the threshold is this times the mean magnitude",
                .minimum = 0,
                .maximum = 10,
                .when = kWhenQuantizing})
          .add(&QuantizationSettings::embedding_scheme,
               {.key = "quant.embedding.scheme",
                .documentation = "quantizer of the word embedding, always per row",
                .choices = schemeNames(),
                .when = kWhenQuantizing})
          .add(&QuantizationSettings::clip,
               {.key = "quant.clip",
                .documentation =
                    "weights and activations are clipped to plus or minus this; no gradient beyond",
                .minimum = 0,
                .is_minimum_exclusive = true,
                .when = kWhenQuantizing});
  return kGroup;
}

}  // namespace retort::train
