#include "trainers/models/bert_layers.h"

#include "trainers/models/activations.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/dropout.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>

#include <cmath>
#include <utility>

namespace retort::train {
namespace {

at::Tensor layerNorm(const at::Tensor& x, const NormParameters& norm, const BertPass& pass) {
  return at::layer_norm(x, {x.size(-1)}, norm.weight, norm.bias, pass.config.layer_norm_eps);
}

at::Tensor quantizeAt(ActivationPoint point,
                      std::size_t layer,
                      const at::Tensor& x,
                      const BertPass& pass) {
  return quantizeAt(point, layer, x, pass.activations);
}

/// x W^T + b for an input that is already quantized (or never is).
at::Tensor linear(const at::Tensor& x_q, const Linear& parameters, const BertPass& pass) {
  const WeightMatrix& weight = parameters.weight;
  if (weight.quantizer.isIdentity() && !pass.quantization.quantizesActivations()) {
    return at::linear(x_q, weight.latent, parameters.bias);
  }
  // Integer hardware adds the bias after the product, and so does the authors' code.
  return at::linear(x_q, weight.quantized()).add_(parameters.bias);
}

at::Tensor splitHeads(const at::Tensor& x, const BertPass& pass) {
  return x.unflatten(-1, {pass.config.num_attention_heads, -1}).transpose(1, 2);
}

/// Inputs of the three projections: equal values, different gradients.
struct AttentionInputs {
  at::Tensor query_key;
  at::Tensor value;
};

AttentionInputs attentionInputs(const at::Tensor& x, std::size_t layer, const BertPass& pass) {
  const at::Tensor x_q = quantizeAt(ActivationPoint::kQkvInput, layer, x, pass);
  if (pass.options.intervention == Intervention::kNone) {
    return {x_q, x_q};
  }
  return {x_q.detach(), x_q};
}

/// V: [B, H, N, d].
at::Tensor attentionValue(const LayerParameters& parameters,
                          const at::Tensor& value_input,
                          std::size_t layer,
                          const BertPass& pass) {
  const at::Tensor value = splitHeads(linear(value_input, parameters.value, pass), pass);
  at::Tensor value_q = quantizeAt(ActivationPoint::kValue, layer, value, pass);
  if (pass.options.trace.has(TracePart::kValue)) {
    pass.trace.value.push_back(value_q);
  }
  return value_q;
}

at::Tensor attentionContext(const at::Tensor& value,
                            const at::Tensor& prob,
                            std::size_t layer,
                            const BertPass& pass) {
  const at::Tensor weights = dropout(prob, pass.config.attention_probs_dropout_prob, pass);
  return quantizeAt(ActivationPoint::kProbabilities, layer, weights, pass).matmul(value);
}

/// softmax(Q K^T / sqrt(d) + mask): [B, H, N, N].
at::Tensor attentionProbabilities(const LayerParameters& parameters,
                                  const at::Tensor& x_q,
                                  std::size_t layer,
                                  const BertPass& pass) {
  const at::Tensor query = quantizeAt(
      ActivationPoint::kQuery, layer, splitHeads(linear(x_q, parameters.query, pass), pass), pass);
  const at::Tensor key = quantizeAt(
      ActivationPoint::kKey, layer, splitHeads(linear(x_q, parameters.key, pass), pass), pass);
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
                          std::size_t layer,
                          const BertPass& pass) {
  const at::Tensor merged = context.transpose(1, 2).flatten(2);
  const at::Tensor merged_q = quantizeAt(ActivationPoint::kOInput, layer, merged, pass);
  return linear(merged_q, parameters.attention_output, pass);
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
        attentionContext(attentionValue(parameters, inputs.value, index, pass),
                         takes_map ? options.teacher->prob.at(index) : own_prob,
                         index,
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
    const at::Tensor value = attentionValue(parameters, inputs.value.detach(), index, pass);
    contexts.own = attentionContext(value, own_prob, index, pass);
  } else if (options.trace.has(TracePart::kValue)) {
    attentionValue(parameters, inputs.value.detach(), index, pass);
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
  const AttentionInputs inputs = attentionInputs(x, index, pass);
  const at::Tensor own_prob = attentionProbabilities(parameters, inputs.query_key, index, pass);
  const Contexts contexts = attentionContexts(parameters, inputs, own_prob, index, pass);
  if (options.trace.has(TracePart::kContext)) {
    pass.trace.context.push_back(contexts.own);
  }
  if (options.intervention == Intervention::kOutput) {
    const at::Tensor& taken = options.teacher->dense.at(index);
    const bool has_own = options.variant == InterventionVariant::kFigure;
    return {taken, has_own ? projectContext(parameters, contexts.own, index, pass) : taken};
  }
  const at::Tensor dense = projectContext(parameters, contexts.used, index, pass);
  return {dense, dense};
}

}  // namespace

at::Tensor dropout(const at::Tensor& x, double probability, const BertPass& pass) {
  return at::dropout(x, probability, pass.options.is_training);
}

at::Tensor embed(const EmbeddingParameters& parameters,
                 const TokenBatch& batch,
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

  const at::Tensor attended_q = quantizeAt(ActivationPoint::kFfn1Input, index, attended, pass);
  const at::Tensor inner = writtenOutGelu(linear(attended_q, parameters.intermediate, pass));
  const at::Tensor inner_q = quantizeAt(ActivationPoint::kFfn2Input, index, inner, pass);
  const at::Tensor outer = linear(inner_q, parameters.output, pass);
  return layerNorm(dropout(outer, hidden_dropout, pass) + attended, parameters.output_norm, pass);
}

at::Tensor pool(const Linear& parameters, const at::Tensor& x, const BertPass& pass) {
  const at::Tensor x_q = quantizeAt(ActivationPoint::kPoolerInput, 0, x.select(1, 0), pass);
  return linear(x_q, parameters, pass).tanh();
}

}  // namespace retort::train
