#include "trainers/models/bert_quantization.h"

#include "trainers/models/parameter_place.h"
#include "trainers/quantizers/quantization_settings.h"
#include "trainers/quantizers/registry.h"

#include <algorithm>

namespace retort::train {

const Quantizer& BertQuantization::forParameter(std::string_view name) const {
  static const Quantizer kIdentity;
  if (!isQuantizedWeight(name)) {
    return kIdentity;
  }
  return isWordEmbedding(name) ? embedding : weight;
}

bool BertQuantization::quantizesActivations() const {
  return !std::all_of(activation.begin(), activation.end(), [](const ActivationOptions& options) {
    return options.isIdentity();
  });
}

BertQuantization makeBertQuantization(const SettingValues& values) {
  const QuantizationSettings settings = quantizationSettings().read(values);
  const QuantizerOptions options = {
      .granularity =
          settings.weight_granularity == "row" ? Granularity::kRow : Granularity::kTensor,
      .clip = settings.clip,
      .threshold_factor = settings.weight_threshold_factor,
  };
  BertQuantization quantization{
      .embedding = makeEmbeddingQuantizer(settings.embedding_scheme, options),
      .weight = makeWeightQuantizer(settings.weight_scheme, options),
      .activation = readActivationSettings(values)};
  for (ActivationOptions& point : quantization.activation) {
    point.clip = point.clip.value_or(settings.clip);
  }
  return quantization;
}

}  // namespace retort::train
