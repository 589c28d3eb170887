#include "trainers/models/parameter_place.h"

#include <array>
#include <charconv>
#include <utility>

namespace retort::train {
namespace {

using Entry = std::pair<std::string_view, std::string_view>;

// Modules of a layer, after "bert.encoder.layer.N.".
constexpr std::array<Entry, 8> kLayerModules = {{
    {"attention.self.query", "q"},
    {"attention.self.key", "k"},
    {"attention.self.value", "v"},
    {"attention.output.dense", "o"},
    {"attention.output.LayerNorm", "attention_norm"},
    {"intermediate.dense", "ffn1"},
    {"output.dense", "ffn2"},
    {"output.LayerNorm", "output_norm"},
}};

constexpr std::array<Entry, 3> kOuterModules = {{
    {"bert.embeddings.", "embeddings"},
    {"bert.pooler.", "pooler"},
    {"classifier.", "classifier"},
}};

constexpr std::string_view kLayerPrefix = "bert.encoder.layer.";

void placeInLayer(std::string_view rest, ParameterPlace& place) {
  int layer = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), layer);
  if (error != std::errc() || end == rest.data() + rest.size() || *end != '.') {
    return;
  }
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()) + 1);
  const std::string_view module = rest.substr(0, rest.rfind('.'));
  for (const auto& [name, projection] : kLayerModules) {
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
  place.is_norm = name.find("LayerNorm.") != std::string_view::npos;
  if (name.starts_with(kLayerPrefix)) {
    placeInLayer(name.substr(kLayerPrefix.size()), place);
    return place;
  }
  for (const auto& [prefix, projection] : kOuterModules) {
    if (name.starts_with(prefix)) {
      place.projection = projection;
    }
  }
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
