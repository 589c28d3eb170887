#pragma once

#include "core/base/json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace retort::train {

/// The shape of a GPT-2; names are those of Hugging Face's config.json, and so are the defaults.
struct Gpt2Config {
  std::int64_t vocab_size = 0;
  std::int64_t n_positions = 1024;
  std::int64_t n_embd = 0;  ///< a multiple of n_head
  std::int64_t n_layer = 0;
  std::int64_t n_head = 0;
  std::int64_t n_inner = 0;  ///< 4 n_embd unless config.json says otherwise
  std::string activation_function = "gelu_new";
  double layer_norm_epsilon = 1e-5;
  double initializer_range = 0.02;
  double embd_pdrop = 0.1;   ///< of the sum of token and position
  double resid_pdrop = 0.1;  ///< of what a layer adds to the residual stream
  double attn_pdrop = 0.1;   ///< of the attention probabilities
  bool scale_attn_weights = true;
  bool scale_attn_by_inverse_layer_idx = false;
  bool tie_word_embeddings = true;  ///< the head is the table of the tokens
  std::optional<std::int64_t> bos_token_id;
  std::optional<std::int64_t> pad_token_id;  ///< has a row like any other
  std::vector<std::int64_t> eos_token_ids;

  /// d, the width of a head.
  [[nodiscard]] std::int64_t headSize() const { return n_embd / n_head; }

  /// What attention scores are multiplied with in that layer, from 0.
  [[nodiscard]] double attentionScale(std::int64_t layer) const;

  bool operator==(const Gpt2Config&) const = default;
};

/// Reads the values of a config.json; `origin` (the file) opens each message. Sizes may have
/// GPT-2's names (n_embd) or the usual ones (hidden_size) and must be there, vocab_size and
/// n_positions too. Throws TrainError (bad data) for values that are malformed, out of range or
/// inconsistent, and for what this model cannot do: another architecture, cross-attention,
/// activation functions other than gelu_new (gelu_pytorch_tanh) and gelu, weights that are
/// quantized already.
[[nodiscard]] Gpt2Config gpt2ConfigFromJson(const Json& json, const std::string& origin);

/// True for a config.json of a GPT-2.
[[nodiscard]] bool isGpt2Config(const Json& json);

/// A config.json that Hugging Face's AutoModelForCausalLM loads. `torch_dtype`: "float32" or
/// "float64".
[[nodiscard]] Json gpt2ConfigToJson(const Gpt2Config& config, const std::string& torch_dtype);

}  // namespace retort::train
