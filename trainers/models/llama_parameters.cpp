#include "trainers/models/llama_parameters.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include <utility>

#include <fmt/format.h>

namespace retort::train {
namespace {

/// Collects shapes in the order of the pass.
class ShapeList {
 public:
  void matrix(const std::string& module, std::int64_t outputs, std::int64_t inputs) {
    shapes_.push_back({module + ".weight", {outputs, inputs}});
  }

  void linear(const std::string& module, std::int64_t outputs, std::int64_t inputs, bool has_bias) {
    matrix(module, outputs, inputs);
    if (has_bias) {
      shapes_.push_back({module + ".bias", {outputs}});
    }
  }

  void norm(const std::string& module, std::int64_t width) {
    shapes_.push_back({module + ".weight", {width}});
  }

  [[nodiscard]] std::vector<ParameterShape> take() && { return std::move(shapes_); }

 private:
  std::vector<ParameterShape> shapes_;
};

void addLayer(ShapeList& shapes, const DecoderConfig& config, std::int64_t index) {
  const std::string layer = fmt::format("model.layers.{}.", index);
  const std::int64_t width = config.hidden_size;
  const std::int64_t queries = config.num_attention_heads * config.head_dim;
  const std::int64_t keys = config.num_key_value_heads * config.head_dim;
  shapes.norm(layer + "input_layernorm", width);
  shapes.linear(layer + "self_attn.q_proj", queries, width, config.has_input_biases);
  shapes.linear(layer + "self_attn.k_proj", keys, width, config.has_input_biases);
  shapes.linear(layer + "self_attn.v_proj", keys, width, config.has_input_biases);
  if (config.hasHeadNorms()) {
    shapes.norm(layer + "self_attn.q_norm", config.head_dim);
    shapes.norm(layer + "self_attn.k_norm", config.head_dim);
  }
  shapes.linear(layer + "self_attn.o_proj", width, queries, config.has_output_bias);
  shapes.norm(layer + "post_attention_layernorm", width);
  const std::int64_t inner = config.intermediate_size;
  shapes.linear(layer + "mlp.gate_proj", inner, width, config.has_mlp_biases);
  shapes.linear(layer + "mlp.up_proj", inner, width, config.has_mlp_biases);
  shapes.linear(layer + "mlp.down_proj", width, inner, config.has_mlp_biases);
}

at::Tensor randomParameter(const DecoderConfig& config,
                           const ParameterShape& parameter,
                           at::ScalarType dtype) {
  if (parameter.name.ends_with(".bias")) {
    return at::zeros(parameter.shape, dtype);
  }
  if (parameter.shape.size() == 1) {
    return at::ones(parameter.shape, dtype);
  }
  at::Tensor values = at::empty(parameter.shape, dtype).normal_(0, config.initializer_range);
  if (parameter.name == kTokenTable && config.pad_token_id) {
    values[*config.pad_token_id].zero_();
  }
  return values;
}

}  // namespace

std::vector<ParameterShape> decoderParameterShapes(const DecoderConfig& config) {
  ShapeList shapes;
  shapes.matrix("model.embed_tokens", config.vocab_size, config.hidden_size);
  for (std::int64_t layer = 0; layer < config.num_hidden_layers; ++layer) {
    addLayer(shapes, config, layer);
  }
  shapes.norm("model.norm", config.hidden_size);
  if (!config.tie_word_embeddings) {
    shapes.matrix("lm_head", config.vocab_size, config.hidden_size);
  }
  return std::move(shapes).take();
}

std::vector<ParameterShape> decoderWeightShapes(const DecoderConfig& config) {
  std::vector<ParameterShape> shapes = decoderParameterShapes(config);
  if (config.tie_word_embeddings) {
    shapes.push_back({kHeadWeight, {config.vocab_size, config.hidden_size}});
  }
  return shapes;
}

NamedTensors randomDecoderParameters(const DecoderConfig& config, at::ScalarType dtype) {
  const at::NoGradGuard no_grad;
  NamedTensors parameters;
  for (const ParameterShape& parameter : decoderParameterShapes(config)) {
    parameters.push_back({parameter.name, randomParameter(config, parameter, dtype)});
  }
  return parameters;
}

}  // namespace retort::train
