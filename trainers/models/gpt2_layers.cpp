#include "trainers/models/gpt2_layers.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/dropout.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/layer_norm.h>

#include <cstdint>

namespace retort::train {
namespace {

at::Tensor drop(const at::Tensor& x, double probability, const Gpt2Pass& pass) {
  return at::dropout(x, probability, pass.activations.options.is_training);
}

AttentionHeads attentionHeads(const Gpt2LayerParameters& parameters,
                              const at::Tensor& x,
                              std::size_t index,
                              const Gpt2Pass& pass) {
  const at::Tensor x_q = quantizeAt(ActivationPoint::kQkvInput, index, x, pass.activations);
  const auto heads = [&](const Linear& linear, const char* name, ActivationPoint point) {
    const at::Tensor projected = project(linear, x_q, name, pass.activations);
    const bool is_query = point == ActivationPoint::kQuery;
    const at::Tensor kept = is_query ? projected : throughCache(projected, pass.activations);
    return quantizeAt(point, index, splitHeads(kept, pass.config.headSize()), pass.activations);
  };
  // One after the other: the trace of clipped values is in the order of the pass.
  const at::Tensor query = heads(parameters.query, "q", ActivationPoint::kQuery);
  const at::Tensor key = heads(parameters.key, "k", ActivationPoint::kKey);
  const at::Tensor value = heads(parameters.value, "v", ActivationPoint::kValue);
  return {.query = query, .key = key, .value = value};
}

/// W_O softmax(…) V + b: [B, N, D].
at::Tensor attention(const Gpt2LayerParameters& parameters,
                     const at::Tensor& x,
                     std::size_t index,
                     const Gpt2Pass& pass) {
  const AttentionHeads heads = attentionHeads(parameters, x, index, pass);
  const CausalAttention causal = {
      .visible = pass.visible,
      .scale = pass.config.attentionScale(static_cast<std::int64_t>(index)),
      .dropout = pass.config.attn_pdrop};
  return attentionOutput(parameters.attention_output, heads, causal, index, pass.activations);
}

/// W_down gelu(W_up x + b) + b: [B, N, D] -> [B, N, D].
at::Tensor feedForward(const Gpt2LayerParameters& parameters,
                       const at::Tensor& x,
                       std::size_t index,
                       const Gpt2Pass& pass) {
  const at::Tensor x_q = quantizeAt(ActivationPoint::kFfn1Input, index, x, pass.activations);
  const char* form = pass.config.activation_function == "gelu" ? "none" : "tanh";
  const at::Tensor inner = at::gelu(project(parameters.up, x_q, "up", pass.activations), form);
  const at::Tensor inner_q =
      quantizeAt(ActivationPoint::kFfn2Input, index, inner, pass.activations);
  return project(parameters.down, inner_q, "down", pass.activations);
}

}  // namespace

at::Tensor layerNorm(const at::Tensor& x, const NormParameters& norm, const Gpt2Config& config) {
  return at::layer_norm(x, {x.size(-1)}, norm.weight, norm.bias, config.layer_norm_epsilon);
}

at::Tensor embedTokens(const WeightMatrix& tokens,
                       const WeightMatrix& positions,
                       const TokenBatch& batch,
                       const Gpt2Pass& pass) {
  const at::Tensor sum = lookUp(tokens, batch.input_ids) + lookUp(positions, tokenPositions(batch));
  return drop(sum, pass.config.embd_pdrop, pass);
}

at::Tensor gpt2Layer(const Gpt2LayerParameters& parameters,
                     const at::Tensor& x,
                     std::size_t index,
                     const Gpt2Pass& pass) {
  const TraceSet& wanted = pass.activations.options.trace;
  ModelTrace& trace = pass.activations.trace;
  if (wanted.has(TracePart::kProjection)) {
    trace.projection.emplace_back();
  }
  const at::Tensor normed = layerNorm(x, parameters.attention_norm, pass.config);
  const at::Tensor dense = attention(parameters, normed, index, pass);
  const at::Tensor dropped = drop(dense, pass.config.resid_pdrop, pass);
  const at::Tensor output = x + dropped;
  traceAttention(dense, output, pass.activations);
  if (wanted.has(TracePart::kNormedDense)) {
    trace.normed_dense.push_back(layerNorm(dropped, parameters.ffn_norm, pass.config));
  }
  const at::Tensor outer =
      feedForward(parameters, layerNorm(output, parameters.ffn_norm, pass.config), index, pass);
  return output + drop(outer, pass.config.resid_pdrop, pass);
}

}  // namespace retort::train
