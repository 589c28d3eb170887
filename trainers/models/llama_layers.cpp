#include "trainers/models/llama_layers.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/rms_norm.h>
#include <ATen/ops/silu.h>

#include <cmath>

namespace retort::train {
namespace {

/// Keys or values for each query: [B, K, N, d] -> [B, H, N, d]. Their gradients are sums over the
/// queries that share them.
at::Tensor shareHeads(const at::Tensor& x, const DecoderPass& pass) {
  const std::int64_t queries = pass.config.num_attention_heads / pass.config.num_key_value_heads;
  if (queries == 1) {
    return x;
  }
  return x.unsqueeze(2).expand({-1, -1, queries, -1, -1}).flatten(1, 2);
}

/// Rotated queries or keys of all heads: [B, H or K, N, d].
at::Tensor rotatedHeads(const at::Tensor& projected,
                        const at::Tensor& norm,
                        const DecoderPass& pass) {
  const at::Tensor heads = splitHeads(projected, pass.config.head_dim);
  return rotate(norm.defined() ? rmsNorm(heads, norm, pass.config.rms_norm_eps) : heads,
                pass.rotary);
}

AttentionHeads attentionHeads(const DecoderLayerParameters& parameters,
                              const at::Tensor& x,
                              std::size_t index,
                              const DecoderPass& pass) {
  const auto quantize = [&](ActivationPoint point, const at::Tensor& heads) {
    return quantizeAt(point, index, heads, pass.activations);
  };
  const at::Tensor x_q = quantize(ActivationPoint::kQkvInput, x);
  const at::Tensor query = rotatedHeads(
      project(parameters.query, x_q, "q", pass.activations), parameters.query_norm, pass);
  const auto cached = [&](const Linear& linear, const char* name) {
    return throughCache(project(linear, x_q, name, pass.activations), pass.activations);
  };
  const at::Tensor key = rotatedHeads(cached(parameters.key, "k"), parameters.key_norm, pass);
  const at::Tensor value = splitHeads(cached(parameters.value, "v"), pass.config.head_dim);
  return {.query = quantize(ActivationPoint::kQuery, query),
          .key = shareHeads(quantize(ActivationPoint::kKey, key), pass),
          .value = shareHeads(quantize(ActivationPoint::kValue, value), pass)};
}

/// W_O softmax(…) V + b: [B, N, D].
at::Tensor attention(const DecoderLayerParameters& parameters,
                     const at::Tensor& x,
                     std::size_t index,
                     const DecoderPass& pass) {
  const AttentionHeads heads = attentionHeads(
      parameters, rmsNorm(x, parameters.attention_norm, pass.config.rms_norm_eps), index, pass);
  const CausalAttention causal = {.visible = pass.visible.at(pass.config.windows.at(index)),
                                  .scale = 1 / std::sqrt(static_cast<double>(pass.config.head_dim)),
                                  .dropout = pass.config.attention_dropout};
  return attentionOutput(parameters.attention_output, heads, causal, index, pass.activations);
}

/// W_down (silu(W_gate x) * W_up x): [B, N, D] -> [B, N, D].
at::Tensor feedForward(const DecoderLayerParameters& parameters,
                       const at::Tensor& x,
                       std::size_t index,
                       const DecoderPass& pass) {
  const at::Tensor x_q = quantizeAt(ActivationPoint::kFfn1Input, index, x, pass.activations);
  const at::Tensor gate = at::silu(project(parameters.gate, x_q, "gate", pass.activations));
  const at::Tensor inner = gate * project(parameters.up, x_q, "up", pass.activations);
  const at::Tensor inner_q =
      quantizeAt(ActivationPoint::kFfn2Input, index, inner, pass.activations);
  return project(parameters.down, inner_q, "down", pass.activations);
}

}  // namespace

at::Tensor rmsNorm(const at::Tensor& x, const at::Tensor& weight, double eps) {
  return at::rms_norm(x, {x.size(-1)}, weight, eps);
}

at::Tensor decoderLayer(const DecoderLayerParameters& parameters,
                        const at::Tensor& x,
                        std::size_t index,
                        const DecoderPass& pass) {
  if (pass.options.trace.has(TracePart::kProjection)) {
    pass.trace.projection.emplace_back();
  }
  const at::Tensor dense = attention(parameters, x, index, pass);
  const at::Tensor output = x + dense;
  traceAttention(dense, output, pass.activations);
  if (pass.options.trace.has(TracePart::kNormedDense)) {
    pass.trace.normed_dense.push_back(
        rmsNorm(dense, parameters.ffn_norm, pass.config.rms_norm_eps));
  }
  const at::Tensor normed = rmsNorm(output, parameters.ffn_norm, pass.config.rms_norm_eps);
  return output + feedForward(parameters, normed, index, pass);
}

}  // namespace retort::train
