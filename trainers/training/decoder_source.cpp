#include "trainers/training/decoder_source.h"

#include "core/base/text.h"
#include "trainers/io/model_folder.h"
#include "trainers/models/llama.h"
#include "trainers/train_error.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <utility>

#include <fmt/format.h>

namespace retort::train {
namespace {

class LlamaBlueprint : public ModelBlueprint {
 public:
  explicit LlamaBlueprint(const DecoderConfig& config) : config_(config) {}

  [[nodiscard]] ModelShape shape() const override { return decoderShape(config_); }

  [[nodiscard]] std::vector<ParameterShape> weightShapes() const override {
    return decoderWeightShapes(config_);
  }

  [[nodiscard]] Json configJson(const std::string& torch_dtype) const override {
    return decoderConfigToJson(config_, torch_dtype);
  }

  [[nodiscard]] std::unique_ptr<Model> build(const NamedTensors& parameters,
                                             const ModelQuantization& quantization,
                                             const ModelSettings& settings) const override {
    DecoderConfig config = config_;
    config.attention_dropout = settings.attention_dropout.value_or(config.attention_dropout);
    return std::make_unique<LlamaModel>(config, parameters, quantization);
  }

  [[nodiscard]] std::uint64_t savedActivationBytes(const StepShape& shape) const override {
    const StepBytes step = stepBytes(config_, shape);
    return step.layers + step.logits;
  }

  [[nodiscard]] MemoryEstimate memory(const StepShape& shape,
                                      const WeightBytes& weights) const override {
    return estimateDecoderMemory(stepBytes(config_, shape), weights);
  }

 private:
  DecoderConfig config_;
};

/// Elements that a token of a layer has kept for the backward pass.
std::int64_t layerElements(const DecoderConfig& config,
                           const StepShape& shape,
                           std::int64_t layer) {
  const std::int64_t hidden = config.hidden_size;
  const std::int64_t heads = config.num_attention_heads * config.head_dim;
  const std::int64_t inner = config.intermediate_size;
  const std::string prefix = fmt::format("model.layers.{}.", layer);
  const auto are_frozen = [&](std::initializer_list<const char*> weights) {
    return std::all_of(weights.begin(), weights.end(), [&](const char* weight) {
      return shape.frozen.contains(prefix + weight + ".weight");
    });
  };
  std::int64_t elements = 6 * hidden + 4 * heads + config.num_attention_heads + 2 + 4 * inner;
  elements += shape.has_document_mask ? shape.length : 0;
  elements += shape.quantizes_activations ? 2 * hidden + 4 * heads + inner : 0;
  elements -= are_frozen({"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"}) ? hidden : 0;
  elements -= are_frozen({"mlp.gate_proj", "mlp.up_proj"}) ? hidden : 0;
  elements -= are_frozen({"mlp.down_proj"}) ? inner : 0;
  elements -= are_frozen({"input_layernorm"}) ? hidden : 0;
  elements -= are_frozen({"post_attention_layernorm"}) ? hidden : 0;
  return elements;
}

/// Each tensor is brought to the wanted type and device before the next is read.
ModelSource readLlama(const std::filesystem::path& folder, const ModelRequest& request) {
  const at::NoGradGuard no_grad;
  const ModelFolder files(folder);
  const DecoderConfig config =
      decoderConfigFromJson(files.config(), (folder / "config.json").string());
  std::vector<ExpectedTensor> expected;
  for (const ParameterShape& parameter : decoderParameterShapes(config)) {
    expected.push_back({.name = parameter.name, .shape = parameter.shape});
  }
  const auto convert = [&request](const at::Tensor& tensor) {
    return tensor.to(request.device, request.dtype);
  };
  LoadedWeights loaded = files.load(expected, convert);
  ModelSource source = {.blueprint = std::make_shared<LlamaBlueprint>(config)};
  for (const ParameterShape& parameter : decoderParameterShapes(config)) {
    source.parameters.push_back({parameter.name, loaded.tensors.at(parameter.name)});
  }
  for (const auto& [name, tensor] : files.quantizers()) {
    source.quantizers.push_back({name, convert(tensor)});
  }
  std::erase_if(loaded.unused, [](const std::string& name) { return name.ends_with("inv_freq"); });
  if (!loaded.unused.empty()) {
    source.warnings.push_back(
        fmt::format("{}: not used: {}", folder.string(), joinStrings(loaded.unused, ", ")));
  }
  return source;
}

ModelSource randomLlama(const SettingValues& settings,
                        std::int64_t vocabulary,
                        const ModelRequest& request) {
  const DecoderConfig config =
      decoderConfigFromArchitecture(architectureSettings().read(settings),
                                    decoderArchitectureSettings().read(settings),
                                    vocabulary);
  ModelSource source = {.blueprint = std::make_shared<LlamaBlueprint>(config),
                        .parameters = randomDecoderParameters(config, request.dtype)};
  for (NamedTensor& parameter : source.parameters) {
    parameter.tensor = parameter.tensor.to(request.device);
  }
  return source;
}

}  // namespace

const SettingGroup<DecoderArchitectureSettings>& decoderArchitectureSettings() {
  static const std::vector<SettingCondition> kWhen = {{.key = "phase", .any_of = {"pretrain"}},
                                                      {.key = "model.init", .any_of = {"random"}}};
  static const std::vector<SettingCondition> kWhenLlama = {
      kWhen[0], kWhen[1], {.key = "model.architecture.family", .any_of = {"llama"}}};
  static const auto kGroup =
      SettingGroup<DecoderArchitectureSettings>()
          .add(&DecoderArchitectureSettings::family,
               {.key = "model.architecture.family",
                .documentation =
                    "llama: RMSNorm, rotary embeddings, gates; gpt2: LayerNorm, learned "
                    "positions, GELU, biases",
                .choices = {"llama", "gpt2"},
                .when = kWhen})
          .add(&DecoderArchitectureSettings::key_value_heads,
               {.key = "model.architecture.key_value_heads",
                .documentation = "heads of keys and values, which groups of queries share; 0: one "
                                 "for each head",
                .minimum = 0,
                .maximum = 65536,
                .when = kWhenLlama})
          .add(&DecoderArchitectureSettings::rope_theta,
               {.key = "model.architecture.rope_theta",
                .documentation = "base of the rotary embedding's wavelengths",
                .minimum = 1,
                .when = kWhenLlama})
          .add(&DecoderArchitectureSettings::tie_word_embeddings,
               {.key = "model.architecture.tie_word_embeddings",
                .documentation = "the head is the table of the tokens",
                .when = kWhen});
  return kGroup;
}

DecoderConfig decoderConfigFromArchitecture(const ArchitectureSettings& architecture,
                                            const DecoderArchitectureSettings& own,
                                            std::int64_t vocabulary) {
  if (architecture.hidden_size % (2 * architecture.heads) != 0) {
    throw TrainError(ExitCode::kBadSpec,
                     fmt::format("model.architecture.hidden_size {} is not a multiple of twice "
                                 "model.architecture.heads {}: rotary embeddings turn pairs",
                                 architecture.hidden_size,
                                 architecture.heads));
  }
  const std::int64_t shared = own.key_value_heads > 0 ? own.key_value_heads : architecture.heads;
  if (architecture.heads % shared != 0) {
    throw TrainError(ExitCode::kBadSpec,
                     fmt::format("model.architecture.heads {} is not a multiple of "
                                 "model.architecture.key_value_heads {}",
                                 architecture.heads,
                                 shared));
  }
  DecoderConfig config;
  config.vocab_size = vocabulary;
  config.hidden_size = architecture.hidden_size;
  config.num_hidden_layers = architecture.layers;
  config.num_attention_heads = architecture.heads;
  config.num_key_value_heads = shared;
  config.head_dim = architecture.hidden_size / architecture.heads;
  config.intermediate_size = architecture.intermediate_size;
  config.max_position_embeddings = architecture.max_positions;
  config.initializer_range = architecture.initializer_range;
  config.tie_word_embeddings = own.tie_word_embeddings;
  config.rope.theta = own.rope_theta;
  config.windows.assign(static_cast<std::size_t>(architecture.layers), 0);
  return config;
}

std::int64_t tracedElements(const ModelShape& model, const StepShape& shape) {
  const auto count = [&](std::initializer_list<TracePart> parts) {
    return std::count_if(
        parts.begin(), parts.end(), [&](TracePart part) { return shape.traces.has(part); });
  };
  const std::int64_t maps = count({TracePart::kScore, TracePart::kProb});
  std::int64_t elements = maps > 0 ? 2 * model.heads * shape.length : 0;
  if (shape.has_teacher) {
    elements += maps * model.heads * shape.length;
    elements += count({TracePart::kContext, TracePart::kValue}) * model.heads * model.head_size;
    elements += count({TracePart::kDense,
                       TracePart::kOutput,
                       TracePart::kHidden,
                       TracePart::kSum,
                       TracePart::kNormedDense}) *
                model.hidden_size;
  }
  return elements;
}

StepBytes stepBytes(const ModelShape& model, const StepShape& shape, const KeptElements& kept) {
  const std::int64_t tokens = shape.rows * shape.length;
  std::int64_t elements = kept.outside;
  for (const std::int64_t own : kept.layers) {
    elements += tracedElements(model, shape) + (shape.recomputes_layers ? model.hidden_size : own);
  }
  if (shape.recomputes_layers && !kept.layers.empty()) {
    elements += *std::ranges::max_element(kept.layers);
  }
  const std::int64_t at_once = shape.logit_rows > 0 ? std::min(shape.logit_rows, tokens) : tokens;
  const std::int64_t copies = (shape.has_teacher ? 5 : 2) + 2 * shape.logit_losses;
  std::int64_t logits = copies * at_once * model.vocabulary;
  if (shape.logit_rows > 0) {
    logits += 2 * model.vocabulary * model.hidden_size;
  }
  return {.layers = static_cast<std::uint64_t>(shape.element_bytes * tokens * elements),
          .logits = static_cast<std::uint64_t>(shape.element_bytes * logits)};
}

StepBytes stepBytes(const DecoderConfig& config, const StepShape& shape) {
  KeptElements kept = {.outside = 3 * config.hidden_size};
  for (std::int64_t layer = 0; layer < config.num_hidden_layers; ++layer) {
    kept.layers.push_back(layerElements(config, shape, layer));
  }
  return stepBytes(decoderShape(config), shape, kept);
}

ModelFamily llamaFamily() {
  return {.name = "LLaMA",
          .architecture = "llama",
          .is_language_model = true,
          .knows = isDecoderConfig,
          .read = readLlama,
          .random = randomLlama};
}

}  // namespace retort::train
