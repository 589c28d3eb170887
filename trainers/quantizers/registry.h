#pragma once

#include "trainers/quantizers/quantizer.h"

#include <string_view>
#include <vector>

namespace retort::train {

/// All quantizers, sorted by name. The only list of them.
[[nodiscard]] const std::vector<QuantizerDefinition>& quantizerRegistry();

/// The definition of that name. Throws TrainError (bad spec) with a suggestion when there is none.
[[nodiscard]] const QuantizerDefinition& findQuantizer(std::string_view name);

/// A word of quant.weight.scheme and quant.embedding.scheme: quantizers with their bits. "none" has
/// none.
struct WeightScheme {
  std::string name;
  std::string weight_quantizer;     ///< of linear layers
  std::string embedding_quantizer;  ///< of the word embedding; another one where the authors' code
                                    ///< has another
  int bits = 0;
};

/// none, ternary, int4, int8.
[[nodiscard]] const std::vector<WeightScheme>& weightSchemes();

/// The quantizer of linear weights that a scheme stands for; the identity for "none".
/// `options.bits` is replaced by the scheme's. Throws TrainError (bad spec) when the scheme is
/// unknown.
[[nodiscard]] Quantizer makeWeightQuantizer(std::string_view scheme, QuantizerOptions options);

/// The same for the word embedding, always per row.
[[nodiscard]] Quantizer makeEmbeddingQuantizer(std::string_view scheme, QuantizerOptions options);

}  // namespace retort::train
