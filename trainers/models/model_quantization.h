#pragma once

#include "core/settings/resolve.h"
#include "trainers/models/activation_settings.h"
#include "trainers/models/precision_map.h"
#include "trainers/quantizers/quantizer.h"

#include <string_view>

namespace retort::train {

/// Which tensor of an encoder gets which quantizer (encoder.md 1.1):
///
///   weights of the word embedding, Q, K, V, O,
///     FFN1, FFN2 and the pooler                weights      precision_map.h
///   input of each of those linears             activation   per tensor, token or head
///   Q and K before Q K^T; probabilities        activation   per tensor, token or head
///     (after dropout) and V before A V
///   position and token-type embeddings,
///     classifier                               weights      never, unless a rule says so
///   biases, LayerNorm, softmax, GELU, tanh, residuals: never
///
/// Default-constructed: nothing is quantized.
struct ModelQuantization {
  PrecisionMap weights;
  ActivationPoints activation;

  /// The quantizer of a parameter by its Hugging Face name; the identity for what stays in full
  /// precision.
  [[nodiscard]] Quantizer forParameter(std::string_view name) const {
    return weights.quantizer(name);
  }

  [[nodiscard]] bool quantizesActivations() const;
};

/// What the settings (quant.*) say; those that are not given have their defaults. Throws TrainError
/// (bad spec) for rules that cannot be read or numbers of bits that have no grid.
[[nodiscard]] ModelQuantization makeModelQuantization(const SettingValues& settings);

}  // namespace retort::train
