#include "trainers/training/encoder_source.h"

#include "core/base/text.h"
#include "trainers/io/model_folder.h"
#include "trainers/models/bert.h"
#include "trainers/train_error.h"

#include <ATen/ATen.h>

#include <algorithm>

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

}  // namespace

EncoderSource readEncoder(const std::filesystem::path& folder, const EncoderRequest& request) {
  const ModelFolder files(folder);
  EncoderSource source;
  source.config = bertConfigFromJson(files.config(), (folder / "config.json").string());
  if (request.is_head_required && source.config.num_labels != request.labels) {
    throw TrainError(
        ExitCode::kBadData,
        fmt::format("{}: the model has {} outputs and the task needs {}; fine-tune a model on "
                    "this task first (phase: finetune)",
                    folder.string(),
                    source.config.num_labels,
                    request.labels));
  }
  source.config.num_labels = request.labels;
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

NamedTensors cloneTensors(const NamedTensors& parameters) {
  NamedTensors copies;
  copies.reserve(parameters.size());
  for (const NamedTensor& parameter : parameters) {
    copies.push_back({parameter.name, parameter.tensor.detach().clone()});
  }
  return copies;
}

}  // namespace retort::train
