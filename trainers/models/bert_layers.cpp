#include "trainers/models/bert_layers.h"

#include "trainers/models/activations.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/_unique.h>
#include <ATen/ops/dropout.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>

#include <cmath>
#include <utility>

namespace retort::train {
namespace {

at::Tensor layerNorm(const at::Tensor& x, const NormParameters& norm, const BertPass& pass) {
  return at::layer_norm(x, {x.size(-1)}, norm.weight, norm.bias, pass.config.layer_norm_eps);
}

/// x W^T + b for an input that is already quantized (or never is).
at::Tensor linear(const at::Tensor& x_q, const Linear& parameters, const BertPass& pass) {
  const WeightMatrix& weight = parameters.weight;
  if (weight.quantizer.isIdentity() && pass.quantization.activation.isIdentity()) {
    return at::linear(x_q, weight.latent, parameters.bias);
  }
  // Integer hardware adds the bias after the product, and so does the authors' code.
  return at::linear(x_q, weight.quantized()).add_(parameters.bias);
}

/// Rows of a table. Row `padding` gets no gradient.
at::Tensor lookUp(const WeightMatrix& table, const at::Tensor& ids, std::int64_t padding = -1) {
  if (!table.quantizer.isRowLocal() || table.quantizer.isIdentity()) {
    return at::embedding(table.quantized(), ids, padding);
  }
  // Rows have scales of their own: only those that occur in the batch need to be quantized.
  const auto [rows, positions] = at::_unique(ids, /*sorted=*/true, /*return_inverse=*/true);
  const at::Tensor second_moment =
      table.second_moment.defined() ? table.second_moment.index_select(0, rows) : at::Tensor();
  return at::embedding(table.quantizer(at::embedding(table.latent, rows, padding), second_moment),
                       positions);
}

at::Tensor splitHeads(const at::Tensor& x, const BertPass& pass) {
  return x.unflatten(-1, {pass.config.num_attention_heads, -1}).transpose(1, 2);
}

/// Inputs of the three projections: equal values, different gradients.
struct AttentionInputs {
  at::Tensor query_key;
  at::Tensor value;
};

AttentionInputs attentionInputs(const at::Tensor& x, const BertPass& pass) {
  const at::Tensor x_q = pass.quantization.activation(x);
  if (pass.options.intervention == Intervention::kNone) {
    return {x_q, x_q};
  }
  return {x_q.detach(), x_q};
}

at::Tensor attentionContext(const LayerParameters& parameters,
                            const at::Tensor& value_input,
                            const at::Tensor& prob,
                            const BertPass& pass) {
  const Quantizer& quantize = pass.quantization.activation;
  const at::Tensor value = quantize(splitHeads(linear(value_input, parameters.value, pass), pass));
  const at::Tensor weights =
      quantize(dropout(prob, pass.config.attention_probs_dropout_prob, pass));
  return weights.matmul(value);
}

/// softmax(Q K^T / sqrt(d) + mask): [B, H, N, N].
at::Tensor attentionProbabilities(const LayerParameters& parameters,
                                  const at::Tensor& x_q,
                                  const BertPass& pass) {
  const Quantizer& quantize = pass.quantization.activation;
  const at::Tensor query = quantize(splitHeads(linear(x_q, parameters.query, pass), pass));
  const at::Tensor key = quantize(splitHeads(linear(x_q, parameters.key, pass), pass));
  const double root = std::sqrt(static_cast<double>(query.size(-1)));
  const at::Tensor score = query.matmul(key.transpose(-1, -2)).div_(root).add_(pass.mask);
  at::Tensor prob = score.softmax(-1);
  if (pass.options.trace.has(TracePart::kScore)) {
    pass.trace.score.push_back(score);
  }
  if (pass.options.trace.has(TracePart::kProb)) {
    pass.trace.prob.push_back(prob);
  }
  return prob;
}

/// W_O context + b: [B, N, D].
at::Tensor attentionDense(const LayerParameters& parameters,
                          const at::Tensor& x,
                          std::size_t index,
                          const BertPass& pass) {
  const ForwardOptions& options = pass.options;
  const AttentionInputs inputs = attentionInputs(x, pass);
  const at::Tensor own_prob = attentionProbabilities(parameters, inputs.query_key, pass);
  const bool takes_dense = options.intervention == Intervention::kOutput;

  at::Tensor context;
  if (options.intervention == Intervention::kContext ||
      (takes_dense && options.trace.has(TracePart::kContext))) {
    context = options.teacher->context.at(index);
  } else if (!takes_dense) {
    const bool takes_map = options.intervention == Intervention::kMap;
    context = attentionContext(
        parameters, inputs.value, takes_map ? options.teacher->prob.at(index) : own_prob, pass);
  }
  if (options.trace.has(TracePart::kContext)) {
    pass.trace.context.push_back(context);
  }
  if (takes_dense) {
    return options.teacher->dense.at(index);
  }
  const at::Tensor merged = context.transpose(1, 2).flatten(2);
  return linear(pass.quantization.activation(merged), parameters.attention_output, pass);
}

}  // namespace

at::Tensor dropout(const at::Tensor& x, double probability, const BertPass& pass) {
  return at::dropout(x, probability, pass.options.is_training);
}

at::Tensor embed(const EmbeddingParameters& parameters,
                 const EncoderBatch& batch,
                 const BertPass& pass) {
  const at::Tensor words = lookUp(parameters.words, batch.input_ids, pass.config.pad_token_id);
  const at::Tensor positions =
      parameters.positions.quantized().narrow(0, 0, batch.input_ids.size(1));
  const at::Tensor sum = words + positions + lookUp(parameters.segments, batch.segment_ids);
  return dropout(layerNorm(sum, parameters.norm, pass), pass.config.hidden_dropout_prob, pass);
}

at::Tensor encoderLayer(const LayerParameters& parameters,
                        const at::Tensor& x,
                        std::size_t index,
                        const BertPass& pass) {
  const double hidden_dropout = pass.config.hidden_dropout_prob;
  const Quantizer& quantize = pass.quantization.activation;

  const at::Tensor dense = attentionDense(parameters, x, index, pass);
  const at::Tensor attended =
      layerNorm(dropout(dense, hidden_dropout, pass) + x, parameters.attention_norm, pass);
  if (pass.options.trace.has(TracePart::kDense)) {
    pass.trace.dense.push_back(dense);
  }
  if (pass.options.trace.has(TracePart::kOutput)) {
    pass.trace.output.push_back(attended);
  }

  const at::Tensor inner =
      writtenOutGelu(linear(quantize(attended), parameters.intermediate, pass));
  const at::Tensor outer = linear(quantize(inner), parameters.output, pass);
  return layerNorm(dropout(outer, hidden_dropout, pass) + attended, parameters.output_norm, pass);
}

at::Tensor pool(const Linear& parameters, const at::Tensor& x, const BertPass& pass) {
  return linear(pass.quantization.activation(x.select(1, 0)), parameters, pass).tanh();
}

}  // namespace retort::train
