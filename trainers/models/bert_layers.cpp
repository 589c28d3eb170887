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

/// V: [B, H, N, d].
at::Tensor attentionValue(const LayerParameters& parameters,
                          const at::Tensor& value_input,
                          const BertPass& pass) {
  const Quantizer& quantize = pass.quantization.activation;
  at::Tensor value = quantize(splitHeads(linear(value_input, parameters.value, pass), pass));
  if (pass.options.trace.has(TracePart::kValue)) {
    pass.trace.value.push_back(value);
  }
  return value;
}

at::Tensor attentionContext(const at::Tensor& value, const at::Tensor& prob, const BertPass& pass) {
  const at::Tensor weights =
      pass.quantization.activation(dropout(prob, pass.config.attention_probs_dropout_prob, pass));
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
at::Tensor projectContext(const LayerParameters& parameters,
                          const at::Tensor& context,
                          const BertPass& pass) {
  const at::Tensor merged = context.transpose(1, 2).flatten(2);
  return linear(pass.quantization.activation(merged), parameters.attention_output, pass);
}

/// Context of the pass itself and the one that the traces show.
struct Contexts {
  at::Tensor used;
  at::Tensor own;
};

/// `used` stays undefined where the output of W_O comes from the teacher.
Contexts attentionContexts(const LayerParameters& parameters,
                           const AttentionInputs& inputs,
                           const at::Tensor& own_prob,
                           std::size_t index,
                           const BertPass& pass) {
  const ForwardOptions& options = pass.options;
  const bool takes_dense = options.intervention == Intervention::kOutput;
  if (!takes_dense && options.intervention != Intervention::kContext) {
    const bool takes_map = options.intervention == Intervention::kMap;
    const at::Tensor context =
        attentionContext(attentionValue(parameters, inputs.value, pass),
                         takes_map ? options.teacher->prob.at(index) : own_prob,
                         pass);
    return {context, context};
  }
  Contexts contexts;
  if (!takes_dense || options.trace.has(TracePart::kContext)) {
    contexts.own = options.teacher->context.at(index);
  }
  if (!takes_dense) {
    contexts.used = contexts.own;
  }
  if (options.variant == InterventionVariant::kFigure) {
    const at::Tensor value = attentionValue(parameters, inputs.value.detach(), pass);
    contexts.own = attentionContext(value, own_prob, pass);
  } else if (options.trace.has(TracePart::kValue)) {
    attentionValue(parameters, inputs.value.detach(), pass);
  }
  return contexts;
}

/// The output of W_O that goes on, and the one that the traces show: [B, N, D].
struct AttentionDense {
  at::Tensor used;
  at::Tensor own;
};

AttentionDense attentionDense(const LayerParameters& parameters,
                              const at::Tensor& x,
                              std::size_t index,
                              const BertPass& pass) {
  const ForwardOptions& options = pass.options;
  const AttentionInputs inputs = attentionInputs(x, pass);
  const at::Tensor own_prob = attentionProbabilities(parameters, inputs.query_key, pass);
  const Contexts contexts = attentionContexts(parameters, inputs, own_prob, index, pass);
  if (options.trace.has(TracePart::kContext)) {
    pass.trace.context.push_back(contexts.own);
  }
  if (options.intervention == Intervention::kOutput) {
    const at::Tensor& taken = options.teacher->dense.at(index);
    const bool has_own = options.variant == InterventionVariant::kFigure;
    return {taken, has_own ? projectContext(parameters, contexts.own, pass) : taken};
  }
  const at::Tensor dense = projectContext(parameters, contexts.used, pass);
  return {dense, dense};
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

  const AttentionDense dense = attentionDense(parameters, x, index, pass);
  const at::Tensor dropped = dropout(dense.used, hidden_dropout, pass);
  const at::Tensor sum = dropped + x;
  const at::Tensor attended = layerNorm(sum, parameters.attention_norm, pass);
  if (pass.options.trace.has(TracePart::kDense)) {
    pass.trace.dense.push_back(dense.own);
  }
  if (pass.options.trace.has(TracePart::kOutput)) {
    pass.trace.output.push_back(attended);
  }
  if (pass.options.trace.has(TracePart::kSum)) {
    pass.trace.sum.push_back(sum);
  }
  if (pass.options.trace.has(TracePart::kNormedDense)) {
    pass.trace.normed_dense.push_back(layerNorm(dropped, parameters.attention_norm, pass));
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
