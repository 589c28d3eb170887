#include "trainers/models/bert.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/linear.h>

#include <fmt/format.h>

namespace retort::train {
namespace {

// The authors' bias for padded keys (encoder.md 2).
constexpr double kMaskBias = -10000.0;

EmbeddingParameters bindEmbeddings(const ModelWeights& weights) {
  const std::string prefix = "bert.embeddings.";
  return {.words = weights.matrix(prefix + "word_embeddings.weight"),
          .positions = weights.matrix(prefix + "position_embeddings.weight"),
          .segments = weights.matrix(prefix + "token_type_embeddings.weight"),
          .norm = weights.norm(prefix + "LayerNorm")};
}

LayerParameters bindLayer(const ModelWeights& weights, std::int64_t index) {
  const std::string prefix = fmt::format("bert.encoder.layer.{}.", index);
  return {.query = weights.linear(prefix + "attention.self.query"),
          .key = weights.linear(prefix + "attention.self.key"),
          .value = weights.linear(prefix + "attention.self.value"),
          .attention_output = weights.linear(prefix + "attention.output.dense"),
          .attention_norm = weights.norm(prefix + "attention.output.LayerNorm"),
          .intermediate = weights.linear(prefix + "intermediate.dense"),
          .output = weights.linear(prefix + "output.dense"),
          .output_norm = weights.norm(prefix + "output.LayerNorm")};
}

void checkBatch(const TokenBatch& batch, const BertConfig& config) {
  TORCH_CHECK(
      batch.input_ids.dim() == 2 && batch.input_ids.size(1) <= config.max_position_embeddings,
      "input_ids must be [B, N] with N at most ",
      config.max_position_embeddings,
      ", but has shape ",
      batch.input_ids.sizes());
  TORCH_CHECK(batch.attention_mask.sizes() == batch.input_ids.sizes() &&
                  batch.segment_ids.sizes() == batch.input_ids.sizes(),
              "attention_mask ",
              batch.attention_mask.sizes(),
              " and segment_ids ",
              batch.segment_ids.sizes(),
              " must have the shape of input_ids ",
              batch.input_ids.sizes());
}

void checkIntervention(const ForwardOptions& options, std::size_t layers) {
  if (options.intervention == Intervention::kNone) {
    return;
  }
  TORCH_CHECK(options.teacher != nullptr, "an intervention needs the teacher's trace");
  const auto need = [layers](const std::vector<at::Tensor>& part, const char* name) {
    TORCH_CHECK(part.size() == layers,
                "the intervention needs the teacher's ",
                name,
                " of ",
                layers,
                " layers, but the trace has ",
                part.size());
  };
  switch (options.intervention) {
    case Intervention::kNone:
      break;
    case Intervention::kMap:
      need(options.teacher->prob, "prob");
      break;
    case Intervention::kContext:
      need(options.teacher->context, "context");
      break;
    case Intervention::kOutput:
      need(options.teacher->dense, "dense");
      break;
  }
}

}  // namespace

ModelShape bertShape(const BertConfig& config) {
  return {.layers = config.num_hidden_layers,
          .hidden_size = config.hidden_size,
          .heads = config.num_attention_heads,
          .key_value_heads = config.num_attention_heads,
          .head_size = config.hidden_size / config.num_attention_heads,
          .intermediate_size = config.intermediate_size,
          .vocabulary = config.vocab_size,
          .positions = config.max_position_embeddings,
          .outputs = config.num_labels};
}

BertModel::BertModel(const BertConfig& config,
                     const NamedTensors& parameters,
                     const ModelQuantization& quantization)
    : Model(bertShape(config), bertParameterShapes(config), parameters, quantization),
      config_(config) {
  BertModel::bind();
}

void BertModel::bind() {
  embeddings_ = bindEmbeddings(weights());
  layers_.clear();
  for (std::int64_t layer = 0; layer < config_.num_hidden_layers; ++layer) {
    layers_.push_back(bindLayer(weights(), layer));
  }
  pooler_ = weights().linear("bert.pooler.dense");
  classifier_ = weights().linear("classifier");
}

ModelTrace BertModel::forward(const TokenBatch& batch, const ForwardOptions& options) const {
  checkBatch(batch, config_);
  checkIntervention(options, layers_.size());
  ModelTrace trace;
  const at::Tensor padding = 1 - batch.attention_mask.to(embeddings_.words.latent.scalar_type());
  const at::Tensor mask = padding.mul(kMaskBias).unsqueeze(1).unsqueeze(1);
  const ActivationPass activation_pass = {
      .quantizers = activations(), .options = options, .is_real = mask.eq(0), .trace = trace};
  const BertPass pass = {.config = config_,
                         .quantization = quantization(),
                         .activations = activation_pass,
                         .options = options,
                         .mask = mask,
                         .trace = trace};

  at::Tensor x = embed(embeddings_, batch, pass);
  const bool traces_hidden = options.trace.has(TracePart::kHidden);
  if (traces_hidden) {
    trace.hidden.push_back(x);
  }
  for (std::size_t index = 0; index < layers_.size(); ++index) {
    x = encoderLayer(layers_[index], x, index, pass);
    if (traces_hidden) {
      trace.hidden.push_back(x);
    }
  }
  const at::Tensor pooled = dropout(pool(pooler_, x, pass), config_.hidden_dropout_prob, pass);
  trace.logits = at::linear(pooled, classifier_.weight.quantized(), classifier_.bias);
  return trace;
}

}  // namespace retort::train
