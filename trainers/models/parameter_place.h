#pragma once

#include <string>
#include <string_view>

/// Where a parameter with a Hugging Face name sits. Freezing, probes and quantization ask here and
/// nowhere else.
namespace retort::train {

/// What kind of thing a module is to quantization, freezing and probes.
struct ParameterPlace {
  int layer = -1;  ///< index of the encoder layer, -1 outside the layers
  std::string
      projection;        ///< "q", "k", "v", "o", "ffn1", "ffn2", "attention_norm", "output_norm" in
                         ///< layers; "embeddings", "pooler", "classifier" outside; "" when unknown
  bool is_bias = false;  ///< the name ends in ".bias"
  bool is_norm = false;  ///< a LayerNorm's weight or bias

  bool operator==(const ParameterPlace&) const = default;
};

/// "bert.encoder.layer.3.attention.self.query.weight" -> {3, "q"}. Unknown names give an empty
/// projection.
[[nodiscard]] ParameterPlace parameterPlace(std::string_view name);

/// True for the weights of the word embedding, the six linears of a layer and the pooler: the
/// tensors that are quantized (encoder.md 1.1: 6 L + 2 modules). The classifier stays in full
/// precision.
[[nodiscard]] bool isQuantizedWeight(std::string_view name);

/// True for what quantizers hold ("quantizers.layer.3.query.lsq_4.step"): no weights of the
/// network.
[[nodiscard]] bool isQuantizerParameter(std::string_view name);

/// True for the table that is quantized per row.
[[nodiscard]] bool isWordEmbedding(std::string_view name);

}  // namespace retort::train
