#include "trainers/models/gpt2_config.h"

#include "trainers/models/config_reader.h"

#include <cmath>

#include <fmt/format.h>

namespace retort::train {
namespace {

constexpr double kLargestDropout = 0.99;

/// A size under GPT-2's own name, or under the one that Hugging Face maps to it.
std::int64_t sizeOf(const ConfigReader& reader, const char* key, const char* usual) {
  return reader.size(!reader.has(key) && reader.has(usual) ? usual : key);
}

void requireSupported(const ConfigReader& reader) {
  reader.requireWord("activation_function", {"gelu_new", "gelu_pytorch_tanh", "gelu"});
  reader.requireUnquantized();
  if (reader.boolOr("add_cross_attention", false)) {
    reader.refuse("'add_cross_attention' is true, but only decoders by themselves are known");
  }
}

}  // namespace

double Gpt2Config::attentionScale(std::int64_t layer) const {
  const double width = scale_attn_weights ? std::sqrt(static_cast<double>(headSize())) : 1;
  return 1 / (scale_attn_by_inverse_layer_idx ? width * static_cast<double>(layer + 1) : width);
}

bool isGpt2Config(const Json& json) {
  return json.is_object() && json.contains("model_type") && json.at("model_type") == "gpt2";
}

Gpt2Config gpt2ConfigFromJson(const Json& json, const std::string& origin) {
  const ConfigReader reader(json, origin);
  if (!isGpt2Config(json)) {
    reader.refuse("'model_type' is not gpt2");
  }
  requireSupported(reader);
  Gpt2Config config;
  config.vocab_size = reader.size("vocab_size");
  config.n_positions = sizeOf(reader, "n_positions", "max_position_embeddings");
  config.n_embd = sizeOf(reader, "n_embd", "hidden_size");
  config.n_layer = sizeOf(reader, "n_layer", "num_hidden_layers");
  config.n_head = sizeOf(reader, "n_head", "num_attention_heads");
  config.n_inner = reader.optionalSize("n_inner").value_or(4 * config.n_embd);
  if (reader.has("activation_function")) {
    config.activation_function = reader.at("activation_function").get<std::string>();
  }
  config.layer_norm_epsilon = reader.realOr("layer_norm_epsilon", config.layer_norm_epsilon, 0, 1);
  config.initializer_range = reader.realOr("initializer_range", config.initializer_range, 0, 10);
  config.embd_pdrop = reader.realOr("embd_pdrop", config.embd_pdrop, 0, kLargestDropout);
  config.resid_pdrop = reader.realOr("resid_pdrop", config.resid_pdrop, 0, kLargestDropout);
  config.attn_pdrop = reader.realOr("attn_pdrop", config.attn_pdrop, 0, kLargestDropout);
  config.scale_attn_weights = reader.boolOr("scale_attn_weights", true);
  config.scale_attn_by_inverse_layer_idx = reader.boolOr("scale_attn_by_inverse_layer_idx", false);
  config.tie_word_embeddings = reader.boolOr("tie_word_embeddings", true);
  config.bos_token_id = reader.optionalToken("bos_token_id", config.vocab_size);
  config.pad_token_id = reader.optionalToken("pad_token_id", config.vocab_size);
  config.eos_token_ids = reader.tokens("eos_token_id", config.vocab_size);
  if (config.n_embd % config.n_head != 0) {
    reader.refuse(
        fmt::format("'n_embd' {} is not a multiple of 'n_head' {}", config.n_embd, config.n_head));
  }
  return config;
}

Json gpt2ConfigToJson(const Gpt2Config& config, const std::string& torch_dtype) {
  return {{"architectures", {"GPT2LMHeadModel"}},
          {"model_type", "gpt2"},
          {"torch_dtype", torch_dtype},
          {"vocab_size", config.vocab_size},
          {"n_positions", config.n_positions},
          {"n_embd", config.n_embd},
          {"n_layer", config.n_layer},
          {"n_head", config.n_head},
          {"n_inner", config.n_inner},
          {"activation_function", config.activation_function},
          {"layer_norm_epsilon", config.layer_norm_epsilon},
          {"initializer_range", config.initializer_range},
          {"embd_pdrop", config.embd_pdrop},
          {"resid_pdrop", config.resid_pdrop},
          {"attn_pdrop", config.attn_pdrop},
          {"scale_attn_weights", config.scale_attn_weights},
          {"scale_attn_by_inverse_layer_idx", config.scale_attn_by_inverse_layer_idx},
          {"tie_word_embeddings", config.tie_word_embeddings},
          {"bos_token_id", orNull(config.bos_token_id)},
          {"pad_token_id", orNull(config.pad_token_id)},
          {"eos_token_id", tokensToJson(config.eos_token_ids)}};
}

}  // namespace retort::train
