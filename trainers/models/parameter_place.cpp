#include "trainers/models/parameter_place.h"

#include <array>
#include <charconv>
#include <utility>

namespace retort::train {
namespace {

using Entry = std::pair<std::string_view, std::string_view>;

// Modules of an encoder's layer, after "bert.encoder.layer.N.".
constexpr std::array<Entry, 8> kEncoderModules = {{
    {"attention.self.query", "q"},
    {"attention.self.key", "k"},
    {"attention.self.value", "v"},
    {"attention.output.dense", "o"},
    {"attention.output.LayerNorm", "attention_norm"},
    {"intermediate.dense", "ffn1"},
    {"output.dense", "ffn2"},
    {"output.LayerNorm", "output_norm"},
}};

// Modules of a decoder's layer, after "model.layers.N.".
constexpr std::array<Entry, 11> kDecoderModules = {{
    {"self_attn.q_proj", "q"},
    {"self_attn.k_proj", "k"},
    {"self_attn.v_proj", "v"},
    {"self_attn.o_proj", "o"},
    {"self_attn.q_norm", "q_norm"},
    {"self_attn.k_norm", "k_norm"},
    {"mlp.gate_proj", "gate"},
    {"mlp.up_proj", "up"},
    {"mlp.down_proj", "down"},
    {"input_layernorm", "attention_norm"},
    {"post_attention_layernorm", "ffn_norm"},
}};

// Modules of a GPT-2's layer, after "transformer.h.N.".
constexpr std::array<Entry, 8> kGpt2Modules = {{
    {"attn.q_proj", "q"},
    {"attn.k_proj", "k"},
    {"attn.v_proj", "v"},
    {"attn.c_proj", "o"},
    {"mlp.c_fc", "up"},
    {"mlp.c_proj", "down"},
    {"ln_1", "attention_norm"},
    {"ln_2", "ffn_norm"},
}};

constexpr std::array<Entry, 9> kOuterModules = {{
    {"bert.embeddings.", "embeddings"},
    {"bert.pooler.", "pooler"},
    {"classifier.", "classifier"},
    {"model.embed_tokens.", "embeddings"},
    {"model.norm.", "final_norm"},
    {"lm_head.", "head"},
    {"transformer.wte.", "embeddings"},
    {"transformer.wpe.", "embeddings"},
    {"transformer.ln_f.", "final_norm"},
}};

constexpr std::string_view kEncoderPrefix = "bert.encoder.layer.";
constexpr std::string_view kDecoderPrefix = "model.layers.";
constexpr std::string_view kGpt2Prefix = "transformer.h.";

/// `rest`: what follows the prefix: the layer's number, and a module's parameter.
template <std::size_t count>
void placeInLayer(std::string_view rest,
                  const std::array<Entry, count>& modules,
                  ParameterPlace& place) {
  int layer = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), layer);
  if (error != std::errc() || end == rest.data() + rest.size() || *end != '.') {
    return;
  }
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()) + 1);
  const std::string_view module = rest.substr(0, rest.rfind('.'));
  for (const auto& [name, projection] : modules) {
    if (module == name) {
      place.layer = layer;
      place.projection = projection;
    }
  }
}

}  // namespace

ParameterPlace parameterPlace(std::string_view name) {
  ParameterPlace place;
  place.is_bias = name.ends_with(".bias");
  if (name.starts_with(kEncoderPrefix)) {
    placeInLayer(name.substr(kEncoderPrefix.size()), kEncoderModules, place);
  } else if (name.starts_with(kDecoderPrefix)) {
    placeInLayer(name.substr(kDecoderPrefix.size()), kDecoderModules, place);
  } else if (name.starts_with(kGpt2Prefix)) {
    placeInLayer(name.substr(kGpt2Prefix.size()), kGpt2Modules, place);
  } else {
    for (const auto& [prefix, projection] : kOuterModules) {
      if (name.starts_with(prefix)) {
        place.projection = projection;
      }
    }
  }
  place.is_norm =
      place.projection.ends_with("_norm") || name.find("LayerNorm.") != std::string_view::npos;
  return place;
}

bool isQuantizedWeight(std::string_view name) {
  const ParameterPlace place = parameterPlace(name);
  if (place.is_bias || place.is_norm || place.projection.empty()) {
    return false;
  }
  return place.layer >= 0 || place.projection == "pooler" || isWordEmbedding(name);
}

bool isQuantizerParameter(std::string_view name) {
  return name.starts_with("quantizers.");
}

bool isWordEmbedding(std::string_view name) {
  return name == "bert.embeddings.word_embeddings.weight";
}

}  // namespace retort::train
