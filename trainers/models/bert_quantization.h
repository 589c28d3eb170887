#pragma once

#include "core/settings/resolve.h"
#include "trainers/models/activation_settings.h"
#include "trainers/quantizers/quantizer.h"

#include <string_view>

namespace retort::train {

/// Which tensor of an encoder gets which quantizer (encoder.md 1.1):
///
///   word embedding table                       embedding    per row
///   Q, K, V, O, FFN1, FFN2, pooler weights     weight       per tensor, or per row
///   input of each of those linears             activation   per tensor, token or head
///   Q and K before Q K^T; probabilities        activation   per tensor, token or head
///     (after dropout) and V before A V
///   position and token-type embeddings, biases, LayerNorm, softmax, GELU, tanh, residuals,
///   classifier: never
///
/// Default-constructed: nothing is quantized.
struct BertQuantization {
  Quantizer embedding;
  Quantizer weight;
  ActivationPoints activation;

  /// The quantizer of a parameter by its Hugging Face name; the identity for what stays in full
  /// precision.
  [[nodiscard]] const Quantizer& forParameter(std::string_view name) const;

  [[nodiscard]] bool quantizesActivations() const;
};

/// What the settings (quant.*) say; those that are not given have their defaults. Throws TrainError
/// (bad spec) for unknown schemes.
[[nodiscard]] BertQuantization makeBertQuantization(const SettingValues& settings);

}  // namespace retort::train
