#pragma once

#include <string>
#include <string_view>

/// Where a parameter with a Hugging Face name sits. Freezing, probes and quantization ask here and
/// nowhere else.
namespace retort::train {

/// What kind of thing a module is to quantization, freezing and probes.
struct ParameterPlace {
  int layer = -1;  ///< index of the layer, -1 outside the layers
  /// In layers "q", "k", "v", "o"; of encoders "ffn1", "ffn2", "attention_norm", "output_norm"; of
  /// decoders "gate", "up", "down", "attention_norm", "ffn_norm", "q_norm", "k_norm" (GPT-2 has no
  /// gate and no norms of heads). Outside
  /// "embeddings", "pooler", "classifier"; "head", "final_norm". Empty when unknown.
  std::string projection;
  bool is_bias = false;  ///< the name ends in ".bias"
  bool is_norm = false;  ///< a LayerNorm's or RMSNorm's weight or bias

  bool operator==(const ParameterPlace&) const = default;
};

/// "bert.encoder.layer.3.attention.self.query.weight" -> {3, "q"},
/// "model.layers.0.mlp.up_proj.weight" and "transformer.h.0.mlp.c_fc.weight" -> {0, "up"}. Unknown
/// names give an empty projection.
[[nodiscard]] ParameterPlace parameterPlace(std::string_view name);

/// True for the weights of the linears of a layer, and of encoders those of the word embedding and
/// the pooler (encoder.md 1.1: 6 L + 2 modules): the tensors that are quantized. An encoder's
/// classifier, and a decoder's embedding and norms, stay in full precision.
[[nodiscard]] bool isQuantizedWeight(std::string_view name);

/// True for what quantizers hold ("quantizers.layer.3.query.lsq_4.step"): no weights of the
/// network.
[[nodiscard]] bool isQuantizerParameter(std::string_view name);

/// True for the table that is quantized per row.
[[nodiscard]] bool isWordEmbedding(std::string_view name);

}  // namespace retort::train
