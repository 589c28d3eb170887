#include "trainers/models/bert_parameters.h"

#include "trainers/models/parameter_place.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include <fmt/format.h>

namespace retort::train {
namespace {

void addLinear(std::vector<ParameterShape>& shapes,
               const std::string& module,
               std::int64_t outputs,
               std::int64_t inputs) {
  shapes.push_back({module + ".weight", {outputs, inputs}});
  shapes.push_back({module + ".bias", {outputs}});
}

void addNorm(std::vector<ParameterShape>& shapes, const std::string& module, std::int64_t width) {
  shapes.push_back({module + ".LayerNorm.weight", {width}});
  shapes.push_back({module + ".LayerNorm.bias", {width}});
}

void addLayer(std::vector<ParameterShape>& shapes, const BertConfig& config, std::int64_t index) {
  const std::int64_t width = config.hidden_size;
  const std::string layer = fmt::format("bert.encoder.layer.{}.", index);
  for (const char* projection : {"query", "key", "value"}) {
    addLinear(shapes, layer + "attention.self." + projection, width, width);
  }
  addLinear(shapes, layer + "attention.output.dense", width, width);
  addNorm(shapes, layer + "attention.output", width);
  addLinear(shapes, layer + "intermediate.dense", config.intermediate_size, width);
  addLinear(shapes, layer + "output.dense", width, config.intermediate_size);
  addNorm(shapes, layer + "output", width);
}

at::Tensor randomParameter(const BertConfig& config,
                           const ParameterShape& parameter,
                           at::ScalarType dtype) {
  const ParameterPlace place = parameterPlace(parameter.name);
  if (place.is_bias) {
    return at::zeros(parameter.shape, dtype);
  }
  if (place.is_norm) {
    return at::ones(parameter.shape, dtype);
  }
  at::Tensor values = at::empty(parameter.shape, dtype).normal_(0, config.initializer_range);
  if (isWordEmbedding(parameter.name)) {
    values[config.pad_token_id].zero_();
  }
  return values;
}

}  // namespace

std::vector<ParameterShape> bertParameterShapes(const BertConfig& config) {
  const std::int64_t width = config.hidden_size;
  std::vector<ParameterShape> shapes = {
      {"bert.embeddings.word_embeddings.weight", {config.vocab_size, width}},
      {"bert.embeddings.position_embeddings.weight", {config.max_position_embeddings, width}},
      {"bert.embeddings.token_type_embeddings.weight", {config.type_vocab_size, width}},
  };
  addNorm(shapes, "bert.embeddings", width);
  for (std::int64_t layer = 0; layer < config.num_hidden_layers; ++layer) {
    addLayer(shapes, config, layer);
  }
  addLinear(shapes, "bert.pooler.dense", width, width);
  addLinear(shapes, "classifier", config.num_labels, width);
  return shapes;
}

NamedTensors randomBertParameters(const BertConfig& config, at::ScalarType dtype) {
  const at::NoGradGuard no_grad;
  NamedTensors parameters;
  for (const ParameterShape& parameter : bertParameterShapes(config)) {
    parameters.push_back({parameter.name, randomParameter(config, parameter, dtype)});
  }
  return parameters;
}

std::vector<std::string> completeTaskHead(const BertConfig& config,
                                          at::ScalarType dtype,
                                          NamedTensors& parameters) {
  const at::NoGradGuard no_grad;
  std::vector<std::string> added;
  for (const ParameterShape& parameter : bertParameterShapes(config)) {
    const std::string projection = parameterPlace(parameter.name).projection;
    const bool is_head = projection == "pooler" || projection == "classifier";
    if (is_head && findTensor(parameters, parameter.name) == nullptr) {
      parameters.push_back({parameter.name, randomParameter(config, parameter, dtype)});
      added.push_back(parameter.name);
    }
  }
  return added;
}

}  // namespace retort::train
