#pragma once

#include "core/base/json.h"
#include "trainers/models/rotary_embedding.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace retort::train {

/// The members of the LLaMA family: one network, with switches.
enum class DecoderFamily {
  kLlama,    ///< LLaMA 1, 2 and 3, TinyLlama, SmolLM2
  kMistral,  ///< a sliding window in all layers
  kQwen2,    ///< Qwen2 and 2.5: biases of Q, K and V
  kQwen3,    ///< RMSNorm of each head's query and key, heads of a width of their own
};

/// The shape of a decoder of the LLaMA family; names are those of Hugging Face's config.json where
/// it has one.
struct DecoderConfig {
  DecoderFamily family = DecoderFamily::kLlama;
  std::int64_t vocab_size = 0;
  std::int64_t hidden_size = 0;
  std::int64_t num_hidden_layers = 0;
  std::int64_t num_attention_heads = 0;
  std::int64_t num_key_value_heads = 0;  ///< divides num_attention_heads
  std::int64_t head_dim = 0;             ///< even; heads need not fill hidden_size
  std::int64_t intermediate_size = 0;
  std::int64_t max_position_embeddings = 2048;
  double rms_norm_eps = 1e-6;
  double initializer_range = 0.02;
  double attention_dropout = 0;
  bool has_input_biases = false;     ///< of Q, K and V
  bool has_output_bias = false;      ///< of W_O
  bool has_mlp_biases = false;       ///< of gate, up and down
  bool tie_word_embeddings = false;  ///< the head is the table of the words
  RopeSettings rope;
  /// Tokens that a query sees, itself included, in each layer; 0: all before it.
  std::vector<std::int64_t> windows;
  std::optional<std::int64_t> pad_token_id;  ///< its row of the table gets no gradient
  std::optional<std::int64_t> bos_token_id;
  std::vector<std::int64_t> eos_token_ids;

  /// True when the norms of single heads exist (Qwen3).
  [[nodiscard]] bool hasHeadNorms() const { return family == DecoderFamily::kQwen3; }

  bool operator==(const DecoderConfig&) const = default;
};

/// Reads the values of a config.json; `origin` (the file) opens each message. Missing keys take the
/// family's defaults, except the sizes, which must be there. Both layouts of the rotary embedding
/// are read: `rope_theta` beside `rope_scaling`, and `rope_parameters`. Throws TrainError (bad
/// data) for values that are malformed, out of range or inconsistent, and for what this model
/// cannot do: another architecture or activation function, weights that are quantized already,
/// rotary embeddings of other types or of a part of the head.
[[nodiscard]] DecoderConfig decoderConfigFromJson(const Json& json, const std::string& origin);

/// True for a config.json of this family.
[[nodiscard]] bool isDecoderConfig(const Json& json);

/// A config.json that Hugging Face's AutoModelForCausalLM loads. `torch_dtype`: "float32",
/// "float64", "bfloat16" or "float16".
[[nodiscard]] Json decoderConfigToJson(const DecoderConfig& config, const std::string& torch_dtype);

}  // namespace retort::train
