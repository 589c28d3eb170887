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
  int kv_cache_bits = 0;  ///< of decoders; 0: full precision

  /// The quantizer of a parameter by its Hugging Face name; the identity for what stays in full
  /// precision.
  [[nodiscard]] Quantizer forParameter(std::string_view name) const {
    return weights.quantizer(name);
  }

  [[nodiscard]] bool quantizesActivations() const;

  /// Of a decoder's keys and values, [B, N, K d] as W_K and W_V give them: symmetric, a scale for
  /// each token over all heads, nothing clipped, and a gradient that passes everywhere (LLM-QAT's
  /// SymQuantizer lets none pass beyond 2). Source: arXiv 2305.17888;
  /// models/modeling_llama_quant.py of facebookresearch/LLM-QAT.
  [[nodiscard]] Quantizer kvCache() const;
};

/// What the settings (quant.*) say; those that are not given have their defaults. Throws TrainError
/// (bad spec) for rules that cannot be read or numbers of bits that have no grid.
[[nodiscard]] ModelQuantization makeModelQuantization(const SettingValues& settings);

}  // namespace retort::train
