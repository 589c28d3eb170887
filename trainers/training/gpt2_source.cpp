#include "trainers/training/gpt2_source.h"

#include "core/base/text.h"
#include "trainers/io/model_folder.h"
#include "trainers/models/gpt2.h"
#include "trainers/train_error.h"
#include "trainers/training/decoder_source.h"

#include <ATen/core/grad_mode.h>

#include <memory>
#include <utility>

#include <fmt/format.h>

namespace retort::train {
namespace {

class Gpt2Blueprint : public ModelBlueprint {
 public:
  explicit Gpt2Blueprint(const Gpt2Config& config) : config_(config) {}

  [[nodiscard]] ModelShape shape() const override { return gpt2Shape(config_); }

  [[nodiscard]] std::vector<ParameterShape> weightShapes() const override {
    return gpt2WeightShapes(config_);
  }

  [[nodiscard]] Json configJson(const std::string& torch_dtype) const override {
    return gpt2ConfigToJson(config_, torch_dtype);
  }

  [[nodiscard]] TensorMap fileTensors(const NamedTensors& parameters) const override {
    return gpt2ToFiles(config_, parameters);
  }

  [[nodiscard]] std::unique_ptr<Model> build(const NamedTensors& parameters,
                                             const ModelQuantization& quantization,
                                             const ModelSettings& settings) const override {
    return std::make_unique<Gpt2Model>(withDropout(config_, settings), parameters, quantization);
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
  Gpt2Config config_;
};

/// Elements that a token of a layer has kept for the backward pass.
std::int64_t layerElements(const Gpt2Config& config, const StepShape& shape, std::int64_t layer) {
  const auto is_frozen = [&](const char* weight) {
    return shape.frozen.contains(fmt::format("transformer.h.{}.{}.weight", layer, weight));
  };
  const std::int64_t quantized = shape.quantizes_activations ? 1 : 0;
  std::int64_t widths = 8 + (config.resid_pdrop > 0 ? 2 : 0) + 6 * quantized;
  widths -=
      is_frozen("attn.q_proj") && is_frozen("attn.k_proj") && is_frozen("attn.v_proj") ? 1 : 0;
  widths -= is_frozen("mlp.c_fc") ? 1 : 0;
  const std::int64_t inner = 2 + quantized - (is_frozen("mlp.c_proj") ? 1 : 0);
  const bool is_written_out = config.attn_pdrop > 0 || shape.quantizes_activations;
  const std::int64_t maps = is_written_out ? 3 + quantized : 0;
  return widths * config.n_embd + inner * config.n_inner + config.n_head + 4 +
         maps * config.n_head * shape.length + (shape.has_document_mask ? shape.length : 0);
}

ModelSource readGpt2(const std::filesystem::path& folder, const ModelRequest& request) {
  const at::NoGradGuard no_grad;
  const ModelFolder files(folder);
  const Gpt2Config config = gpt2ConfigFromJson(files.config(), (folder / "config.json").string());
  std::vector<ExpectedTensor> expected;
  for (const ParameterShape& tensor : gpt2FileShapes(config)) {
    expected.push_back({.name = tensor.name, .shape = tensor.shape});
  }
  const auto convert = [&request](const at::Tensor& tensor) {
    return tensor.to(request.device, request.dtype);
  };
  LoadedWeights loaded = files.load(expected, convert);
  ModelSource source = {.blueprint = std::make_shared<Gpt2Blueprint>(config),
                        .parameters = gpt2FromFiles(config, std::move(loaded.tensors))};
  for (const auto& [name, tensor] : files.quantizers()) {
    source.quantizers.push_back({name, convert(tensor)});
  }
  std::erase_if(loaded.unused, [](const std::string& name) {
    return name.ends_with(".attn.bias") || name.ends_with(".attn.masked_bias");
  });
  if (!loaded.unused.empty()) {
    source.warnings.push_back(
        fmt::format("{}: not used: {}", folder.string(), joinStrings(loaded.unused, ", ")));
  }
  return source;
}

ModelSource randomGpt2(const SettingValues& settings,
                       std::int64_t vocabulary,
                       const ModelRequest& request) {
  const Gpt2Config config =
      gpt2ConfigFromArchitecture(architectureSettings().read(settings),
                                 decoderArchitectureSettings().read(settings).tie_word_embeddings,
                                 vocabulary);
  ModelSource source = {.blueprint = std::make_shared<Gpt2Blueprint>(config),
                        .parameters = randomGpt2Parameters(config, request.dtype)};
  for (NamedTensor& parameter : source.parameters) {
    parameter.tensor = parameter.tensor.to(request.device);
  }
  return source;
}

}  // namespace

Gpt2Config gpt2ConfigFromArchitecture(const ArchitectureSettings& architecture,
                                      bool tie_word_embeddings,
                                      std::int64_t vocabulary) {
  if (architecture.hidden_size % architecture.heads != 0) {
    throw TrainError(ExitCode::kBadSpec,
                     fmt::format("model.architecture.hidden_size {} is not a multiple of "
                                 "model.architecture.heads {}",
                                 architecture.hidden_size,
                                 architecture.heads));
  }
  Gpt2Config config;
  config.vocab_size = vocabulary;
  config.n_positions = architecture.max_positions;
  config.n_embd = architecture.hidden_size;
  config.n_layer = architecture.layers;
  config.n_head = architecture.heads;
  config.n_inner = architecture.intermediate_size;
  config.initializer_range = architecture.initializer_range;
  config.tie_word_embeddings = tie_word_embeddings;
  return config;
}

Gpt2Config withDropout(Gpt2Config config, const ModelSettings& settings) {
  config.embd_pdrop = settings.hidden_dropout.value_or(config.embd_pdrop);
  config.resid_pdrop = settings.hidden_dropout.value_or(config.resid_pdrop);
  config.attn_pdrop = settings.attention_dropout.value_or(config.attn_pdrop);
  return config;
}

StepBytes stepBytes(const Gpt2Config& config, const StepShape& shape) {
  KeptElements kept = {.outside = (config.embd_pdrop > 0 ? 3 : 2) * config.n_embd + 2};
  for (std::int64_t layer = 0; layer < config.n_layer; ++layer) {
    kept.layers.push_back(layerElements(config, shape, layer));
  }
  return stepBytes(gpt2Shape(config), shape, kept);
}

ModelFamily gpt2Family() {
  return {.name = "GPT-2",
          .architecture = "gpt2",
          .is_language_model = true,
          .knows = isGpt2Config,
          .read = readGpt2,
          .random = randomGpt2};
}

}  // namespace retort::train
