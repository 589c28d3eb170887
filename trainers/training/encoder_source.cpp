#include "trainers/training/encoder_source.h"

#include "core/base/text.h"
#include "trainers/io/model_folder.h"
#include "trainers/models/bert.h"
#include "trainers/train_error.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/format.h>

namespace retort::train {

namespace {

bool isHead(const std::string& name) {
  return name.starts_with("classifier.") || name.starts_with("bert.pooler.");
}

/// True when the folder holds a tensor of that name with another shape: the head of another task.
bool isOfAnotherTask(const std::vector<TensorEntry>& entries, const ParameterShape& wanted) {
  return std::any_of(entries.begin(), entries.end(), [&](const TensorEntry& entry) {
    return entry.name == wanted.name && entry.shape != wanted.shape;
  });
}

std::vector<ExpectedTensor> expectedTensors(const ModelFolder& folder,
                                            const BertConfig& config,
                                            bool is_head_required) {
  const std::vector<TensorEntry> entries = folder.entries();
  std::vector<ExpectedTensor> expected;
  for (const ParameterShape& parameter : bertParameterShapes(config)) {
    const bool is_optional = !is_head_required && isHead(parameter.name);
    const bool is_skipped = is_optional && isOfAnotherTask(entries, parameter);
    if (!is_skipped) {
      expected.push_back(
          {.name = parameter.name, .shape = parameter.shape, .is_optional = is_optional});
    }
  }
  return expected;
}

class BertBlueprint : public ModelBlueprint {
 public:
  explicit BertBlueprint(const BertConfig& config) : config_(config) {}

  [[nodiscard]] ModelShape shape() const override { return bertShape(config_); }

  [[nodiscard]] std::vector<ParameterShape> weightShapes() const override {
    return bertParameterShapes(config_);
  }

  [[nodiscard]] Json configJson(const std::string& torch_dtype) const override {
    return bertConfigToJson(config_, torch_dtype);
  }

  [[nodiscard]] std::unique_ptr<Model> build(const NamedTensors& parameters,
                                             const ModelQuantization& quantization,
                                             const ModelSettings& settings) const override {
    return std::make_unique<BertModel>(withDropout(config_, settings), parameters, quantization);
  }

  [[nodiscard]] std::uint64_t savedActivationBytes(const StepShape& shape) const override {
    return train::savedActivationBytes(config_, shape);
  }

 private:
  BertConfig config_;
};

ModelSource sourceOf(EncoderSource encoder) {
  return {.blueprint = std::make_shared<BertBlueprint>(encoder.config),
          .parameters = std::move(encoder.parameters),
          .quantizers = std::move(encoder.quantizers),
          .warnings = std::move(encoder.warnings)};
}

ModelSource readBert(const std::filesystem::path& folder, const ModelRequest& request) {
  return sourceOf(readEncoder(folder, request));
}

ModelSource randomBert(const SettingValues& settings,
                       std::int64_t vocabulary,
                       const ModelRequest& request) {
  EncoderSource source;
  source.config = bertConfigFromArchitecture(
      architectureSettings().read(settings), vocabulary, request.labels.value_or(0));
  source.parameters = randomBertParameters(source.config, request.dtype);
  for (NamedTensor& parameter : source.parameters) {
    parameter.tensor = parameter.tensor.to(request.device);
  }
  return sourceOf(std::move(source));
}

}  // namespace

EncoderSource readEncoder(const std::filesystem::path& folder, const ModelRequest& request) {
  const ModelFolder files(folder);
  EncoderSource source;
  source.config = bertConfigFromJson(files.config(), (folder / "config.json").string());
  const std::int64_t labels = request.labels.value_or(source.config.num_labels);
  if (request.is_head_required && source.config.num_labels != labels) {
    throw TrainError(
        ExitCode::kBadData,
        fmt::format("{}: the model has {} outputs and the task needs {}; fine-tune a model on "
                    "this task first (phase: finetune)",
                    folder.string(),
                    source.config.num_labels,
                    labels));
  }
  source.config.num_labels = labels;
  const LoadedWeights loaded =
      files.load(expectedTensors(files, source.config, request.is_head_required));
  for (const ParameterShape& parameter : bertParameterShapes(source.config)) {
    const auto found = loaded.tensors.find(parameter.name);
    if (found != loaded.tensors.end()) {
      source.parameters.push_back({parameter.name, found->second.to(request.dtype)});
    }
  }
  const std::vector<std::string> fresh =
      completeTaskHead(source.config, request.dtype, source.parameters);
  if (!fresh.empty()) {
    source.warnings.push_back(fmt::format(
        "{}: started from random weights: {}", folder.string(), joinStrings(fresh, ", ")));
  }
  for (NamedTensor& parameter : source.parameters) {
    parameter.tensor = parameter.tensor.to(request.device);
  }
  for (const auto& [name, tensor] : files.quantizers()) {
    source.quantizers.push_back({name, tensor.to(request.device, request.dtype)});
  }
  return source;
}

ModelFamily bertFamily() {
  return {.name = "BERT",
          .architecture = "bert",
          .is_language_model = false,
          .knows = [](const Json& /*config*/) { return true; },  // or it says what it cannot do
          .read = readBert,
          .random = randomBert};
}

}  // namespace retort::train
