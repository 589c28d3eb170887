#include "trainers/models/gpt2.h"

#include "trainers/models/recomputed_layer.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/linear.h>

#include <fmt/format.h>

namespace retort::train {
namespace {

Gpt2LayerParameters bindLayer(const ModelWeights& weights, std::int64_t index) {
  const std::string prefix = fmt::format("transformer.h.{}.", index);
  return {.attention_norm = weights.norm(prefix + "ln_1"),
          .query = weights.linear(prefix + "attn.q_proj"),
          .key = weights.linear(prefix + "attn.k_proj"),
          .value = weights.linear(prefix + "attn.v_proj"),
          .attention_output = weights.linear(prefix + "attn.c_proj"),
          .ffn_norm = weights.norm(prefix + "ln_2"),
          .up = weights.linear(prefix + "mlp.c_fc"),
          .down = weights.linear(prefix + "mlp.c_proj")};
}

}  // namespace

ModelShape gpt2Shape(const Gpt2Config& config) {
  return {.layers = config.n_layer,
          .hidden_size = config.n_embd,
          .heads = config.n_head,
          .key_value_heads = config.n_head,
          .head_size = config.headSize(),
          .intermediate_size = config.n_inner,
          .vocabulary = config.vocab_size,
          .positions = config.n_positions,
          .outputs = config.vocab_size,
          .is_decoder = true};
}

Gpt2Model::Gpt2Model(const Gpt2Config& config,
                     const NamedTensors& parameters,
                     const ModelQuantization& quantization)
    : Model(gpt2Shape(config), gpt2ParameterShapes(config), parameters, quantization),
      config_(config) {
  if (config_.tie_word_embeddings) {
    tieWeights(kGpt2Head, kGpt2TokenTable);
  }
  Gpt2Model::bind();
}

void Gpt2Model::bind() {
  tokens_ = weights().matrix(kGpt2TokenTable);
  positions_ = weights().matrix(kGpt2PositionTable);
  layers_.clear();
  for (std::int64_t layer = 0; layer < config_.n_layer; ++layer) {
    layers_.push_back(bindLayer(weights(), layer));
  }
  final_norm_ = weights().norm("transformer.ln_f");
  head_ = weights().matrix(kGpt2Head);
}

ModelTrace Gpt2Model::forward(const TokenBatch& batch, const ForwardOptions& options) const {
  checkDecoderBatch(batch);
  TORCH_CHECK(batch.input_ids.size(1) <= config_.n_positions,
              "input_ids must be [B, N] with N at most ",
              config_.n_positions,
              ", but has shape ",
              batch.input_ids.sizes());
  TORCH_CHECK(options.intervention == Intervention::kNone,
              "decoders do not take over what a teacher computes");
  ModelTrace trace;
  const ActivationPass activation_pass = decoderActivationPass(*this, batch, options, trace);
  const Gpt2Pass pass = {
      .config = config_, .activations = activation_pass, .visible = visibleKeys(batch, {0}).at(0)};

  const bool traces_hidden = options.trace.has(TracePart::kHidden);
  at::Tensor x = embedTokens(tokens_, positions_, batch, pass);
  for (std::size_t index = 0; index < layers_.size(); ++index) {
    if (traces_hidden) {
      trace.hidden.push_back(x);
    }
    const bool recomputes = options.recomputes_layers && at::GradMode::is_enabled();
    x = recomputes ? recomputedLayer(index, x, pass) : gpt2Layer(layers_[index], x, index, pass);
  }
  if (traces_hidden) {
    trace.hidden.push_back(x);
  }
  const at::Tensor judged = layerNorm(judgedRows(x, batch), final_norm_, config_);
  trace.logits = options.stops_before_head ? judged : at::linear(judged, head_.quantized());
  return trace;
}

at::Tensor Gpt2Model::recomputedLayer(std::size_t index,
                                      const at::Tensor& x,
                                      const Gpt2Pass& pass) const {
  // The layer is computed again when this pass is over: what it shares must be there.
  const auto layer = [this,
                      index,
                      options = pass.activations.options,
                      visible = pass.visible,
                      is_real = pass.activations.is_real](const at::Tensor& input,
                                                          ModelTrace& trace) {
    const ActivationPass activation_pass = decoderActivationPass(*this, is_real, options, trace);
    const Gpt2Pass layer_pass = {
        .config = config_, .activations = activation_pass, .visible = visible};
    return gpt2Layer(layers_[index], input, index, layer_pass);
  };
  return recomputedInTrace(layer, x, trainableParameters(), pass.activations.trace);
}

}  // namespace retort::train
