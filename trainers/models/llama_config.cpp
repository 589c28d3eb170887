#include "trainers/models/llama_config.h"

#include "trainers/models/config_reader.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace retort::train {
namespace {

constexpr std::int64_t kLargestSize = ConfigReader::kLargestSize;
constexpr std::int64_t kLargestLength = 1 << 30;  // YaRN models promise millions of tokens
constexpr double kLargestReal = 1e12;

/// What Hugging Face takes when a key is missing.
struct FamilyFacts {
  DecoderFamily family;
  std::string_view model_type;
  const char* architecture;
  std::int64_t max_position_embeddings;
  std::int64_t num_key_value_heads;  // 0: as many as queries
  std::int64_t head_dim;             // 0: hidden_size / num_attention_heads
  std::int64_t sliding_window;
};

constexpr std::array<FamilyFacts, 4> kFamilies = {{
    {DecoderFamily::kLlama, "llama", "LlamaForCausalLM", 2048, 0, 0, 0},
    {DecoderFamily::kMistral, "mistral", "MistralForCausalLM", 131072, 8, 0, 4096},
    {DecoderFamily::kQwen2, "qwen2", "Qwen2ForCausalLM", 32768, 32, 0, 4096},
    {DecoderFamily::kQwen3, "qwen3", "Qwen3ForCausalLM", 32768, 32, 128, 4096},
}};

struct RopeName {
  RopeType type;
  const char* name;
};

constexpr std::array<RopeName, 5> kRopeNames = {{
    {RopeType::kDefault, "default"},
    {RopeType::kLinear, "linear"},
    {RopeType::kDynamic, "dynamic"},
    {RopeType::kLlama3, "llama3"},
    {RopeType::kYarn, "yarn"},
}};

const FamilyFacts& factsOf(DecoderFamily family) {
  return *std::find_if(kFamilies.begin(), kFamilies.end(), [family](const FamilyFacts& facts) {
    return facts.family == family;
  });
}

const FamilyFacts* findFamily(const Json& json) {
  const auto found =
      std::find_if(kFamilies.begin(), kFamilies.end(), [&json](const FamilyFacts& facts) {
        return json.is_object() && json.contains("model_type") &&
               json.at("model_type") == facts.model_type;
      });
  return found == kFamilies.end() ? nullptr : &*found;
}

RopeType ropeType(const ConfigReader& reader) {
  const char* key = reader.has("rope_type") ? "rope_type" : "type";
  if (!reader.has(key)) {
    return RopeType::kDefault;
  }
  for (const RopeName& known : kRopeNames) {
    if (reader.at(key) == known.name) {
      return known.type;
    }
  }
  reader.refuse(
      fmt::format("'{}' is {}, but rotary embeddings are only known of the types default, "
                  "linear, dynamic, llama3 and yarn",
                  key,
                  reader.at(key).dump()));
}

/// What belongs to one type; the others' numbers keep their defaults.
void readScaling(const ConfigReader& reader, RopeSettings& rope) {
  constexpr double kSmallest = 1e-6;
  rope.type = ropeType(reader);
  if (rope.type == RopeType::kDefault) {
    return;
  }
  rope.factor = reader.real("factor", 1, kLargestReal);
  if (rope.type == RopeType::kLlama3) {
    rope.low_freq_factor = reader.real("low_freq_factor", kSmallest, kLargestReal);
    rope.high_freq_factor = reader.real("high_freq_factor", kSmallest, kLargestReal);
    if (rope.high_freq_factor <= rope.low_freq_factor) {
      reader.refuse("'high_freq_factor' must be larger than 'low_freq_factor'");
    }
  }
  if (rope.type == RopeType::kYarn) {
    rope.beta_fast = reader.realOr("beta_fast", rope.beta_fast, kSmallest, kLargestReal);
    rope.beta_slow = reader.realOr("beta_slow", rope.beta_slow, kSmallest, kLargestReal);
    rope.attention_factor = reader.optionalReal("attention_factor", kSmallest, kLargestReal);
    rope.mscale = reader.optionalReal("mscale", 0, kLargestReal);
    rope.mscale_all_dim = reader.optionalReal("mscale_all_dim", 0, kLargestReal);
    rope.truncate = reader.boolOr("truncate", rope.truncate);
  }
  if (rope.type == RopeType::kLlama3 || rope.type == RopeType::kYarn) {
    rope.original_max_position_embeddings =
        reader.has("original_max_position_embeddings")
            ? std::optional(reader.integer("original_max_position_embeddings", 1, kLargestLength))
            : std::nullopt;
  }
}

RopeSettings readRope(const ConfigReader& reader, const std::string& origin) {
  RopeSettings rope;
  rope.theta = reader.realOr("rope_theta", rope.theta, 1, kLargestReal);
  const char* key = reader.has("rope_parameters") ? "rope_parameters" : "rope_scaling";
  if (!reader.has(key)) {
    return rope;
  }
  const std::string place = fmt::format("{}: '{}'", origin, key);
  const ConfigReader nested(reader.at(key), place);
  if (nested.has("full_attention") || nested.has("sliding_attention")) {
    nested.refuse("rotary embeddings that differ between layers are not supported");
  }
  rope.theta = nested.realOr("rope_theta", rope.theta, 1, kLargestReal);
  if (nested.realOr("partial_rotary_factor", 1, 0, 1) != 1) {
    nested.refuse("'partial_rotary_factor' below 1 is not supported: whole heads are rotated");
  }
  readScaling(nested, rope);
  return rope;
}

/// The window of layers that have one; 0 when none has.
std::int64_t windowSize(const ConfigReader& reader, const FamilyFacts& facts) {
  if (facts.family == DecoderFamily::kLlama) {
    return 0;
  }
  const bool is_used =
      facts.family == DecoderFamily::kMistral || reader.boolOr("use_sliding_window", false);
  // null, unlike a missing key, means that there is none.
  if (!is_used || (!reader.has("sliding_window") && reader.holds("sliding_window"))) {
    return 0;
  }
  return reader.integerOr("sliding_window", facts.sliding_window, 1, kLargestLength);
}

/// `layer_types`, one word for each layer, as windows.
std::vector<std::int64_t> namedWindows(const ConfigReader& reader,
                                       std::int64_t layers,
                                       std::int64_t window) {
  const Json& types = reader.at("layer_types");
  if (!types.is_array() || static_cast<std::int64_t>(types.size()) != layers) {
    reader.refuse(
        fmt::format("'layer_types' must be a list of {} words, one for each layer", layers));
  }
  std::vector<std::int64_t> windows;
  for (const Json& type : types) {
    if (type != "full_attention" && type != "sliding_attention") {
      reader.refuse(
          fmt::format("'layer_types' names {}, but layers are only known as "
                      "full_attention and sliding_attention",
                      type.dump()));
    }
    const bool is_sliding = type == "sliding_attention";
    if (is_sliding && window == 0) {
      reader.refuse("'layer_types' names sliding_attention, but no 'sliding_window' is in use");
    }
    windows.push_back(is_sliding ? window : 0);
  }
  return windows;
}

std::vector<std::int64_t> readWindows(const ConfigReader& reader,
                                      const FamilyFacts& facts,
                                      std::int64_t layers) {
  const std::int64_t window = windowSize(reader, facts);
  const bool is_qwen =
      facts.family == DecoderFamily::kQwen2 || facts.family == DecoderFamily::kQwen3;
  if (reader.has("layer_types")) {
    std::vector<std::int64_t> windows = namedWindows(reader, layers, window);
    const bool differs = std::any_of(
        windows.begin(), windows.end(), [window](std::int64_t own) { return own != window; });
    if (!is_qwen && differs) {
      reader.refuse("'layer_types' may differ between layers in qwen2 and qwen3 only");
    }
    return windows;
  }
  constexpr std::int64_t kQwenDefault = 28;
  const std::int64_t first =
      is_qwen ? reader.integerOr("max_window_layers", kQwenDefault, 0, kLargestSize) : 0;
  std::vector<std::int64_t> windows(static_cast<std::size_t>(layers), 0);
  for (std::int64_t layer = first; layer < layers; ++layer) {
    windows[static_cast<std::size_t>(layer)] = window;
  }
  return windows;
}

void requireSupported(const ConfigReader& reader) {
  reader.requireWord("hidden_act", {"silu", "swish"});
  reader.requireUnquantized();
  if (reader.realOr("partial_rotary_factor", 1, 0, 1) != 1) {
    reader.refuse("'partial_rotary_factor' below 1 is not supported: whole heads are rotated");
  }
}

void requireConsistent(const ConfigReader& reader, const DecoderConfig& config) {
  if (config.num_attention_heads % config.num_key_value_heads != 0) {
    reader.refuse(
        fmt::format("'num_attention_heads' {} is not a multiple of 'num_key_value_heads' {}",
                    config.num_attention_heads,
                    config.num_key_value_heads));
  }
  if (config.head_dim % 2 != 0) {
    reader.refuse(
        fmt::format("heads are {} wide, but rotary embeddings turn pairs: the width must be even",
                    config.head_dim));
  }
}

void readHeads(const ConfigReader& reader, const FamilyFacts& facts, DecoderConfig& config) {
  config.num_attention_heads = reader.size("num_attention_heads");
  const std::int64_t shared =
      facts.num_key_value_heads > 0 ? facts.num_key_value_heads : config.num_attention_heads;
  // null, unlike a missing key, means as many as queries.
  config.num_key_value_heads =
      reader.holds("num_key_value_heads") && !reader.has("num_key_value_heads")
          ? config.num_attention_heads
          : reader.integerOr("num_key_value_heads", shared, 1, kLargestSize);
  if (const auto given = reader.optionalSize("head_dim")) {
    config.head_dim = *given;
    return;
  }
  if (facts.head_dim > 0) {
    config.head_dim = facts.head_dim;
    return;
  }
  if (config.hidden_size % config.num_attention_heads != 0) {
    reader.refuse(fmt::format("'hidden_size' {} is not a multiple of 'num_attention_heads' {}",
                              config.hidden_size,
                              config.num_attention_heads));
  }
  config.head_dim = config.hidden_size / config.num_attention_heads;
}

const char* ropeName(RopeType type) {
  return std::find_if(kRopeNames.begin(),
                      kRopeNames.end(),
                      [type](const RopeName& entry) { return entry.type == type; })
      ->name;
}

Json ropeToJson(const RopeSettings& rope) {
  if (rope.type == RopeType::kDefault) {
    return nullptr;
  }
  Json json = {{"rope_type", ropeName(rope.type)}, {"factor", rope.factor}};
  if (rope.original_max_position_embeddings) {
    json["original_max_position_embeddings"] = *rope.original_max_position_embeddings;
  }
  if (rope.type == RopeType::kLlama3) {
    json["low_freq_factor"] = rope.low_freq_factor;
    json["high_freq_factor"] = rope.high_freq_factor;
  }
  if (rope.type == RopeType::kYarn) {
    json["beta_fast"] = rope.beta_fast;
    json["beta_slow"] = rope.beta_slow;
    json["truncate"] = rope.truncate;
    for (const auto& [key, value] : {std::pair("attention_factor", rope.attention_factor),
                                     std::pair("mscale", rope.mscale),
                                     std::pair("mscale_all_dim", rope.mscale_all_dim)}) {
      if (value) {
        json[key] = *value;
      }
    }
  }
  return json;
}

void addWindows(const DecoderConfig& config, Json& json) {
  const std::int64_t widest = *std::max_element(config.windows.begin(), config.windows.end());
  if (config.family == DecoderFamily::kLlama) {
    return;
  }
  json["sliding_window"] = widest > 0 ? Json(widest) : Json();
  if (config.family == DecoderFamily::kMistral) {
    return;
  }
  json["use_sliding_window"] = widest > 0;
  json["layer_types"] = Json::array();
  for (const std::int64_t window : config.windows) {
    json["layer_types"].push_back(window > 0 ? "sliding_attention" : "full_attention");
  }
}

}  // namespace

bool isDecoderConfig(const Json& json) {
  return findFamily(json) != nullptr;
}

DecoderConfig decoderConfigFromJson(const Json& json, const std::string& origin) {
  const ConfigReader reader(json, origin);
  const FamilyFacts* facts = findFamily(json);
  if (facts == nullptr) {
    reader.refuse(
        fmt::format("'model_type' is {}, but decoders are only known as llama, mistral, "
                    "qwen2 and qwen3",
                    reader.has("model_type") ? reader.at("model_type").dump() : "missing"));
  }
  requireSupported(reader);
  DecoderConfig config;
  config.family = facts->family;
  config.vocab_size = reader.size("vocab_size");
  config.hidden_size = reader.size("hidden_size");
  config.num_hidden_layers = reader.size("num_hidden_layers");
  config.intermediate_size = reader.size("intermediate_size");
  config.max_position_embeddings = reader.integerOr(
      "max_position_embeddings", facts->max_position_embeddings, 1, kLargestLength);
  readHeads(reader, *facts, config);
  config.rms_norm_eps = reader.realOr("rms_norm_eps", config.rms_norm_eps, 0, 1);
  config.initializer_range = reader.realOr("initializer_range", config.initializer_range, 0, 10);
  config.attention_dropout = reader.realOr("attention_dropout", 0, 0, 0.99);
  const bool is_llama_or_qwen3 =
      facts->family == DecoderFamily::kLlama || facts->family == DecoderFamily::kQwen3;
  config.has_output_bias = is_llama_or_qwen3 && reader.boolOr("attention_bias", false);
  config.has_input_biases = config.has_output_bias || facts->family == DecoderFamily::kQwen2;
  config.has_mlp_biases =
      facts->family == DecoderFamily::kLlama && reader.boolOr("mlp_bias", false);
  config.tie_word_embeddings = reader.boolOr("tie_word_embeddings", false);
  config.rope = readRope(reader, origin);
  config.windows = readWindows(reader, *facts, config.num_hidden_layers);
  config.pad_token_id = reader.optionalToken("pad_token_id", config.vocab_size);
  config.bos_token_id = reader.optionalToken("bos_token_id", config.vocab_size);
  config.eos_token_ids = reader.tokens("eos_token_id", config.vocab_size);
  requireConsistent(reader, config);
  return config;
}

Json decoderConfigToJson(const DecoderConfig& config, const std::string& torch_dtype) {
  const FamilyFacts& facts = factsOf(config.family);
  Json json = {{"architectures", {facts.architecture}},
               {"model_type", facts.model_type},
               {"hidden_act", "silu"},
               {"torch_dtype", torch_dtype},
               {"vocab_size", config.vocab_size},
               {"hidden_size", config.hidden_size},
               {"num_hidden_layers", config.num_hidden_layers},
               {"num_attention_heads", config.num_attention_heads},
               {"num_key_value_heads", config.num_key_value_heads},
               {"head_dim", config.head_dim},
               {"intermediate_size", config.intermediate_size},
               {"max_position_embeddings", config.max_position_embeddings},
               {"rms_norm_eps", config.rms_norm_eps},
               {"initializer_range", config.initializer_range},
               {"attention_dropout", config.attention_dropout},
               {"tie_word_embeddings", config.tie_word_embeddings},
               {"rope_theta", config.rope.theta},
               {"rope_scaling", ropeToJson(config.rope)},
               {"pad_token_id", orNull(config.pad_token_id)},
               {"bos_token_id", orNull(config.bos_token_id)},
               {"eos_token_id", tokensToJson(config.eos_token_ids)}};
  if (config.family == DecoderFamily::kLlama || config.family == DecoderFamily::kQwen3) {
    json["attention_bias"] = config.has_output_bias;
  }
  if (config.family == DecoderFamily::kLlama) {
    json["mlp_bias"] = config.has_mlp_biases;
  }
  addWindows(config, json);
  return json;
}

}  // namespace retort::train
