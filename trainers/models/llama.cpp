#include "trainers/models/llama.h"

#include "trainers/models/recomputed_layer.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/linear.h>

#include <fmt/format.h>

namespace retort::train {
namespace {

DecoderLayerParameters bindLayer(const ModelWeights& weights, std::int64_t index) {
  const std::string prefix = fmt::format("model.layers.{}.", index);
  const std::string attention = prefix + "self_attn.";
  return {.attention_norm = weights.tensor(prefix + "input_layernorm.weight"),
          .query = weights.linear(attention + "q_proj"),
          .key = weights.linear(attention + "k_proj"),
          .value = weights.linear(attention + "v_proj"),
          .query_norm = weights.tensor(attention + "q_norm.weight"),
          .key_norm = weights.tensor(attention + "k_norm.weight"),
          .attention_output = weights.linear(attention + "o_proj"),
          .ffn_norm = weights.tensor(prefix + "post_attention_layernorm.weight"),
          .gate = weights.linear(prefix + "mlp.gate_proj"),
          .up = weights.linear(prefix + "mlp.up_proj"),
          .down = weights.linear(prefix + "mlp.down_proj")};
}

}  // namespace

ModelShape decoderShape(const DecoderConfig& config) {
  return {.layers = config.num_hidden_layers,
          .hidden_size = config.hidden_size,
          .heads = config.num_attention_heads,
          .key_value_heads = config.num_key_value_heads,
          .head_size = config.head_dim,
          .intermediate_size = config.intermediate_size,
          .vocabulary = config.vocab_size,
          .positions = config.max_position_embeddings,
          .outputs = config.vocab_size,
          .is_decoder = true,
          .has_gates = true};
}

LlamaModel::LlamaModel(const DecoderConfig& config,
                       const NamedTensors& parameters,
                       const ModelQuantization& quantization)
    : Model(decoderShape(config), decoderParameterShapes(config), parameters, quantization),
      config_(config) {
  if (config_.tie_word_embeddings) {
    tieWeights(kHeadWeight, kTokenTable);
  }
  LlamaModel::bind();
}

void LlamaModel::bind() {
  tokens_ = weights().matrix(kTokenTable);
  layers_.clear();
  for (std::int64_t layer = 0; layer < config_.num_hidden_layers; ++layer) {
    layers_.push_back(bindLayer(weights(), layer));
  }
  final_norm_ = weights().tensor("model.norm.weight");
  head_ = weights().matrix(kHeadWeight);
}

ModelTrace LlamaModel::forward(const TokenBatch& batch, const ForwardOptions& options) const {
  checkDecoderBatch(batch);
  TORCH_CHECK(options.intervention == Intervention::kNone,
              "decoders do not take over what a teacher computes");
  const RotaryTable rotary = rotaryTable(
      config_.rope,
      {.head_dim = config_.head_dim, .max_position_embeddings = config_.max_position_embeddings},
      tokenPositions(batch),
      final_norm_.scalar_type());
  const VisibleKeys visible = visibleKeys(batch, config_.windows);
  ModelTrace trace;
  const ActivationPass activation_pass = decoderActivationPass(*this, batch, options, trace);
  const DecoderPass pass = {.config = config_,
                            .options = options,
                            .activations = activation_pass,
                            .rotary = rotary,
                            .visible = visible,
                            .trace = trace};

  const bool traces_hidden = options.trace.has(TracePart::kHidden);
  at::Tensor x = lookUp(tokens_, batch.input_ids, config_.pad_token_id.value_or(-1));
  for (std::size_t index = 0; index < layers_.size(); ++index) {
    if (traces_hidden) {
      trace.hidden.push_back(x);
    }
    const bool recomputes = options.recomputes_layers && at::GradMode::is_enabled();
    x = recomputes ? recomputedLayer(index, x, pass) : decoderLayer(layers_[index], x, index, pass);
  }
  if (traces_hidden) {
    trace.hidden.push_back(x);
  }
  const at::Tensor judged = rmsNorm(judgedRows(x, batch), final_norm_, config_.rms_norm_eps);
  trace.logits = options.stops_before_head ? judged : at::linear(judged, head_.quantized());
  return trace;
}

at::Tensor LlamaModel::recomputedLayer(std::size_t index,
                                       const at::Tensor& x,
                                       const DecoderPass& pass) const {
  // The layer is computed again when this pass is over: what it shares must be there.
  const auto layer = [this,
                      index,
                      options = pass.options,
                      rotary = pass.rotary,
                      visible = pass.visible,
                      is_real = pass.activations.is_real](const at::Tensor& input,
                                                          ModelTrace& trace) {
    const ActivationPass activation_pass = decoderActivationPass(*this, is_real, options, trace);
    const DecoderPass layer_pass = {.config = config_,
                                    .options = options,
                                    .activations = activation_pass,
                                    .rotary = rotary,
                                    .visible = visible,
                                    .trace = trace};
    return decoderLayer(layers_[index], input, index, layer_pass);
  };
  return recomputedInTrace(layer, x, trainableParameters(), pass.trace);
}

}  // namespace retort::train
