#pragma once

#include "trainers/quantizers/quantization_settings.h"
#include "trainers/quantizers/quantizer.h"

#include <string_view>

namespace retort::train {

/// Which tensor of an encoder gets which quantizer (encoder.md 1.1):
///
///   word embedding table                       embedding    per row
///   Q, K, V, O, FFN1, FFN2, pooler weights     weight       per tensor, or per row
///   input of each of those linears             activation   per tensor, whole batch
///   Q and K before Q K^T; probabilities        activation   per tensor, whole batch
///     (after dropout) and V before A V
///   position and token-type embeddings, biases, LayerNorm, softmax, GELU, tanh, residuals,
///   classifier: never
///
/// Default-constructed: nothing is quantized.
struct BertQuantization {
  Quantizer embedding;
  Quantizer weight;
  Quantizer activation;

  /// The quantizer of a parameter by its Hugging Face name; the identity for what stays in full
  /// precision.
  [[nodiscard]] const Quantizer& forParameter(std::string_view name) const;
};

/// Throws TrainError (bad spec) for unknown schemes or numbers of bits that have no grid.
[[nodiscard]] BertQuantization makeBertQuantization(const QuantizationSettings& settings);

}  // namespace retort::train
