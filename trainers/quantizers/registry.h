#pragma once

#include "trainers/quantizers/quantizer.h"

#include <string_view>
#include <vector>

namespace retort::train {

/// All quantizers, sorted by name. The only list of them.
[[nodiscard]] const std::vector<QuantizerDefinition>& quantizerRegistry();

/// The definition of that name. Throws TrainError (bad spec) with a suggestion when there is none.
[[nodiscard]] const QuantizerDefinition& findQuantizer(std::string_view name);

/// A word of quant.weight.scheme: a quantizer with its bits. "none" has no quantizer.
struct WeightScheme {
  std::string name;
  std::string quantizer;
  int bits = 0;
};

/// none, ternary, int4, int8: the values of quant.weight.scheme and quant.embedding.scheme.
[[nodiscard]] const std::vector<WeightScheme>& weightSchemes();

/// The quantizer that a scheme stands for; the identity for "none". `options.bits` is replaced by
/// the scheme's. Throws TrainError (bad spec) when the scheme is unknown.
[[nodiscard]] Quantizer makeWeightQuantizer(std::string_view scheme, QuantizerOptions options);

/// The symmetric min-max quantizer of activations; the identity for 0 bits. Throws TrainError (bad
/// spec) for 1 bit or more than 8.
[[nodiscard]] Quantizer makeActivationQuantizer(int bits, double clip);

}  // namespace retort::train
