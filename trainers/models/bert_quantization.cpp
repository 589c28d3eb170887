#include "trainers/models/bert_quantization.h"

#include "trainers/models/parameter_place.h"
#include "trainers/quantizers/registry.h"

namespace retort::train {

const Quantizer& BertQuantization::forParameter(std::string_view name) const {
  static const Quantizer kIdentity;
  if (!isQuantizedWeight(name)) {
    return kIdentity;
  }
  return isWordEmbedding(name) ? embedding : weight;
}

BertQuantization makeBertQuantization(const QuantizationSettings& settings) {
  const QuantizerOptions options = {
      .granularity =
          settings.weight_granularity == "row" ? Granularity::kRow : Granularity::kTensor,
      .clip = settings.clip,
      .threshold_factor = settings.weight_threshold_factor,
  };
  return {.embedding = makeEmbeddingQuantizer(settings.embedding_scheme, options),
          .weight = makeWeightQuantizer(settings.weight_scheme, options),
          .activation = makeActivationQuantizer(settings.activation_bits, settings.clip)};
}

}  // namespace retort::train
